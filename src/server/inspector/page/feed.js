// Asks for changes as they come, one question after another. Text of values stays text.
import { inspect } from './api.js';
import { elements, members } from './json.js';

const longest = 25000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function eventOf(text) {
  return { ...JSON.parse(text), data: members(text).get('data') };
}

/** `onEvents(events, missed)`: missed ones came faster than they could be asked for. */
export async function startFeed({ onEvents, onState }) {
  let next;
  let failures = 0;
  for (;;) {
    try {
      const query = next === undefined ? {} : { from: next, wait: failures > 0 ? 0 : longest };
      const answer = members(await inspect('events', query));
      const events = elements(answer.get('events')).map(eventOf);
      const missed = next === undefined ? 0 : Number(answer.get('missed'));
      next = Number(answer.get('next'));
      failures = 0;
      onState('up', 'Live');
      if (events.length > 0 || missed > 0) onEvents(events, missed);
    } catch (error) {
      failures += 1;
      onState('failed', error.status ? error.message : 'The server does not answer');
      await pause(Math.min(5000, 500 * failures));
    }
  }
}
