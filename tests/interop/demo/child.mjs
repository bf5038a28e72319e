// A program under test: its lines of output, as they come, and what to say when one does not.
import { createInterface } from 'node:readline';
import { end, start } from '../cleanup.mjs';

export class Child {
    constructor(path, args) {
        this.name = path.split('/').pop();
        this.lines = []; // { text, at }
        this.waiting = new Set();
        this.process = start(path, args, { stdio: ['pipe', 'pipe', 'inherit'] });
        this.ended = this.process.closed;
        createInterface({ input: this.process.stdout }).on('line', text => {
            this.lines.push({ text, at: performance.now() });
            for (const look of [...this.waiting])
                look();
        });
    }

    /** Position for line() and count(): only what is printed from now on. */
    get mark() { return this.lines.length; }

    say(command) { this.process.stdin.write(`${command}\n`); }

    /** The first line from `from` on that fits `pattern`, waiting for it up to `ms`. */
    line(pattern, { from = 0, ms = 10000 } = {}) {
        return new Promise((resolve, reject) => {
            const look = () => {
                const found = this.lines.slice(from).find(line => pattern.test(line.text));
                if (!found)
                    return;
                clearTimeout(timer);
                this.waiting.delete(look);
                resolve(found);
            };
            const timer = setTimeout(() => {
                this.waiting.delete(look);
                const seen = this.lines.slice(from).map(line => `    ${line.text}`).join('\n');
                reject(new Error(`${this.name}: no line like ${pattern} within ${ms} ms; it printed\n${seen}`));
            }, ms);
            this.waiting.add(look);
            look();
        });
    }

    signal(name) { this.process.kill(name); }

    end(signal) { return end(this.process, signal); }
}
