// What is measured, by whom, and what is to be reached.

const perEvent = { unit: 'events/s', value: (run, { count }) => (count / (run.ended - run.started)) * 1000 };
const perItem = { unit: 'items/s', value: (run, { count }) => (count / run.ms) * 1000 };
const perPush = { unit: 'pushes/s', value: (run, { count }) => (count / run.ms) * 1000 };
const cost = { unit: 'µs of processor', value: (run, { count }) => (run.work / count) * 1000 };
const p50 = { unit: 'ms', value: (run) => run.p50 };
const p99 = { unit: 'ms', value: (run) => run.p99 };
const whole = { unit: 'ms', value: (run) => run.ms };
const opened = { unit: 'ms', value: (run) => run.opened };
const memory = { unit: 'bytes', value: (run) => run.bytesAnItem };

/** Rates are to be at least so many times those of another subject, everything else at most. */
export const isRate = (unit) => unit.endsWith('/s');

const everyone = ['ours', 'ours-qml', 'official', 'naive-qml', 'ceiling'];

const sizeOf = (bytes) => (bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`);

function ingest(bytes, events, targets) {
  const work = `ingest list_item_updated, ${sizeOf(bytes)}`;
  return {
    task: 'ingest',
    seed: 1000,
    bytes,
    burst: true,
    subjects: {
      ours: { count: events },
      'ours-qml': { count: events },
      official: { count: Math.ceil(events / 25) },
      'naive-qml': { count: Math.ceil(events / 25) },
      ceiling: { count: events },
    },
    rows: [
      { work, ...perEvent, targets: targets.rate },
      { work: `${work}: cost`, ...cost, targets: { ceiling: targets.cost } },
    ],
  };
}

function decode(bytes, events, targets) {
  return {
    task: 'decode',
    seed: 1000,
    bytes,
    burst: true,
    subjects: { ours: { count: events }, plain: { as: 'ours', task: 'ingest', count: events } },
    rows: [{ work: `ingest ${sizeOf(bytes)} and read a field of each row`, ...perEvent, targets }],
  };
}

// The JSON text and 100 bytes: ours alone, what it is compared with keeps nothing.
const memoryRow = {
  work: 'memory of an item of 300 B',
  ...memory,
  targets: { ours: 400, official: 0.2 },
  without: ['ceiling'],
};

function load(items, targets) {
  return {
    task: 'load',
    seed: items,
    bytes: 300,
    subjects: Object.fromEntries(everyone.map((name) => [name, { count: items }])),
    rows: [
      { work: `load ${items} items`, ...perItem, targets },
      { work: `load ${items} items: cost`, ...cost, targets: { ceiling: 3 } },
      ...(items >= 50000 ? [memoryRow] : []),
    ],
  };
}

// Until all have their values, and until changes are told of.
function open(objects) {
  const subject = { count: objects };
  return {
    task: 'open',
    documents: objects,
    subjects: { ours: subject, official: subject, ceiling: subject },
    rows: [
      { work: `open ${objects} objects at once: values`, ...opened, targets: { ceiling: 1.2 } },
      { work: `open ${objects} objects at once: subscribed`, ...whole, targets: { ceiling: 1.2 } },
    ],
  };
}

// From the new connection on.
function reopen(objects) {
  const subject = { count: objects };
  return {
    task: 'reopen',
    documents: objects,
    kick: true,
    subjects: { ours: subject, ceiling: subject },
    rows: [{ work: `subscribe again to ${objects} objects`, ...whole, targets: { ceiling: 1.2 } }],
  };
}

// What a server does for clients that cost next to nothing.
function writes(count, connections) {
  const subject = { as: 'ceiling', count, options: [`--connections=${connections}`] };
  return {
    task: 'pushes',
    seed: 0,
    bytes: 200,
    subjects: { ours: subject, ceiling: { ...subject, on: 'bare' } },
    rows: [{ work: `server: writes of ${connections} connection${connections > 1 ? 's' : ''}`, ...perPush, targets: { ceiling: 0.85 } }],
  };
}

/** All works; \a share of their usual length, as far as they do not get too short to be measured. */
export function worksOf(share) {
  const some = (count, least = 100) => Math.max(least, Math.round(count * share));
  const objects = [...new Set([100, some(1000)])];
  return [
    ingest(200, some(100000), { rate: { official: 150, ceiling: 0.6 }, cost: 1.5 }),
    ingest(1024, some(60000), { rate: { official: 150, ceiling: 0.75 }, cost: 1.4 }),
    ingest(16384, some(10000), { rate: { ceiling: 0.85 }, cost: 1.3 }),
    decode(200, some(100000)),
    decode(1024, some(60000)),
    decode(16384, some(10000), { plain: 0.8 }),
    {
      task: 'ingest',
      seed: 1000,
      bytes: 200,
      burst: true,
      subjects: {
        'ours-qml': { count: some(100000), options: ['--shown'] },
        plain: { as: 'ours-qml', count: some(100000) },
        'naive-qml': { count: some(4000), options: ['--shown'] },
      },
      rows: [{ work: 'ingest 200 B into a scrolling ListView', ...perEvent, targets: { plain: 0.8 } }],
    },
    load(10000, { official: 60, ceiling: 0.9 }),
    load(some(100000, 20000), { official: 60, ceiling: 0.9 }),
    {
      task: 'pushes',
      seed: 0,
      bytes: 200,
      subjects: {
        ours: { count: some(10000) },
        'ours-qml': { count: some(10000) },
        official: { count: some(1000) },
        'naive-qml': { count: some(1000) },
        ceiling: { count: some(10000) },
      },
      rows: [
        { work: 'pipelined pushes', ...perPush, targets: { official: 30, ceiling: 0.8 } },
        { work: 'pipelined pushes: cost', ...cost, targets: { ceiling: 2 } },
      ],
    },
    {
      task: 'push',
      seed: 0,
      bytes: 200,
      subjects: {
        ours: { count: some(2000) },
        'ours-qml': { count: some(2000) },
        official: { count: some(500) },
        'naive-qml': { count: some(2000) },
        ceiling: { count: some(2000) },
      },
      rows: [
        { work: 'one push at a time: p50', ...p50, targets: { ceiling: 1.2 } },
        { work: 'one push at a time: p99', ...p99, targets: { ceiling: 1.2 } },
      ],
    },
    {
      task: 'latency',
      seed: 100,
      bytes: 200,
      paced: true,
      subjects: Object.fromEntries(everyone.map((name) => [name, { count: some(500) }])),
      rows: [
        { work: 'remote change to dataChanged: p50', ...p50, targets: { ceiling: 1.15 } },
        { work: 'remote change to dataChanged: p99', ...p99, targets: { ceiling: 1.15 } },
      ],
    },
    ...[1, 100].map((connections) => writes(some(20000), connections)),
    {
      task: 'pushes',
      seed: 0,
      bytes: 200,
      subjects: {
        ours: { as: 'ceiling', on: 'file', count: some(20000) },
        plain: { as: 'ceiling', count: some(20000) },
      },
      rows: [{ work: 'server with --data: writes of 1 connection', ...perPush, targets: { plain: 0.5 } }],
    },
    ...objects.map(open),
    ...objects.map(reopen),
  ];
}
