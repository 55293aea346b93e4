import type { Command } from '../program/command.ts'

/** `sevenfold detect hubtest`. */
export const detectHubtest: Command = {
  name: 'detect hubtest',
  summary: "run the hub's own tests of parsers, scenarios and AppSec rules",
  details: `out: {"test", "parser", "scenario", "appsec"?, "pass", "why"}, one JSON object a line; totals on standard error.
Halves of a test: pass, fail, none (it has none), ignored (it says not to look), unwritten (no assertions yet).
Logs without a year are read as of 2026; what the tests expect of geo databases comes from a small table.`,
  words: { name: 'TEST…', help: 'only these tests', min: 0, max: 1000 },
  options: {
    hub: {
      type: 'string',
      value: 'DIR',
      help: 'folder with parsers, scenarios, postoverflows, patterns, data',
    },
    tests: {
      type: 'string',
      value: 'DIR',
      multiple: true,
      help: 'folder with tests; may stand several times',
    },
    closures: { type: 'boolean', help: 'run expressions without generated code' },
  },
  examples: [
    'sevenfold detect hubtest --hub hub --tests hub/.tests',
    'sevenfold detect hubtest --hub hub --tests hub/.tests --tests hub/.appsec-tests sshd-logs',
  ],
  exits: { 1: 'a test fails' },
  run: async (call) => await (await import('../detect/run-hubtest.ts')).runHubtest(call),
}
