import type { Command } from '../program/command.ts'

/** `sevenfold watch`. */
export const watch: Command = {
  name: 'watch',
  summary: 'watch a house from another host: an alarm when it falls silent or its ledger goes back',
  details: `Asks URL (the console's /healthz), or with --listen waits for the calls of alerts.deadMan. Says when all is well, when no good
word came for --after, when the house says that it does not work, and when the ledger shows less than before.`,
  words: { name: 'URL', help: 'address to ask', min: 0, max: 1 },
  options: {
    listen: { type: 'string', value: 'HOST:PORT', help: 'wait for calls instead' },
    path: {
      type: 'string',
      value: 'PATH',
      help: 'with --listen: path of the calls; make it hard to guess',
      default: '/',
    },
    every: { type: 'string', value: 'TIME', help: 'how often it asks and looks', default: '10s' },
    after: { type: 'string', value: 'TIME', help: 'silence after which it alarms', default: '60s' },
    alarm: { type: 'string', value: 'URL', help: 'is told of every news by POST' },
    once: { type: 'boolean', help: 'end with the first alarm' },
  },
  examples: [
    'sevenfold watch https://console.example.org:7770/healthz --alarm https://hooks.example.org/x',
    'sevenfold watch --listen 0.0.0.0:7799 --path /f3a1…',
  ],
  exits: { 1: 'there was an alarm' },
  run: async (call) => await (await import('../watch/run-watch.ts')).runWatch(call),
}
