import type { Command } from '../program/command.ts'

/** `sevenfold waf unit`. */
export const wafUnit: Command = {
  name: 'waf unit',
  summary: 'answer operator, transformation and detector cases from standard input, one JSON object a line',
  details: `Byte strings: one character a byte.
in:  {"kind": "op", "name", "param", "input"}, {"kind": "tfn", "name", "input"}, {"kind": "sqli" or "xss", "input"}
out: {"ret": 0 or 1}, {"output"}, or {"skip": true} for what is not implemented`,
  options: {
    files: {
      type: 'string',
      value: 'DIR',
      help: 'folder of data files that cases name',
      default: 'this folder',
    },
    dialect: { type: 'string', value: 'NAME', help: 'crs or libmodsecurity3', default: 'crs' },
  },
  examples: ['sevenfold waf unit < cases.ndjson'],
  exits: { 1: 'a line could not be read' },
  run: async (call) => await (await import('../waf/run-unit.ts')).runUnit(call),
}
