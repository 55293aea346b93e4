import type { Command } from '../program/command.ts'

/** `sevenfold attack-map`. */
export const attackMap: Command = {
  name: 'attack-map',
  summary: 'show which layers meet which ATT&CK technique, and through which most attacks lead',
  details: `From the tags of the rules, and with --proof from what a proof showed: which layer stopped or saw each attack alone. Ids are
those of MITRE ATT&CK.`,
  options: {
    proof: { type: 'string', value: 'FILE', help: 'document of sevenfold prove --json' },
    rules: {
      type: 'string',
      value: 'DIR',
      multiple: true,
      help: 'Sigma rules',
      default: 'builtin, our own pack',
    },
    navigator: { type: 'boolean', help: 'print a layer for ATT&CK Navigator' },
  },
  examples: ['sevenfold attack-map', 'sevenfold attack-map --proof proof.json --navigator'],
  exits: { 1: 'a technique is met by one layer alone' },
  run: async (call) => await (await import('../attack-map/run-attack-map.ts')).runAttackMap(call),
}
