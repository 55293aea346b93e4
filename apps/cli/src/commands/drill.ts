import type { Command } from '../program/command.ts'

/** `sevenfold drill`. */
export const drill: Command = {
  name: 'drill',
  summary: 'kill, freeze, mute and roll back the parts of a demo, and measure until each is an incident',
  details: `Starts a demo of its own in a temporary folder and breaks it: every part killed and frozen, logs muted, the ledger rolled
back. Each must raise an incident with a runbook in time: 45 s for a part that stops, 2 min for a muted log.`,
  words: { name: 'NAME…', help: 'only drills whose name contains one of these', min: 0, max: 20 },
  options: {
    scale: {
      type: 'string',
      value: 'N',
      help: 'divides heartbeat and silence times by N, 1 to 10',
      default: '1',
    },
  },
  examples: ['sevenfold drill', 'sevenfold drill --scale 5 ledger'],
  exits: { 1: 'a breach was not noticed in time' },
  run: async (call) => await (await import('../drill/run-drills.ts')).runDrills(call),
}
