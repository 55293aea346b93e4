import { placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold up`. */
export const up: Command = {
  name: 'up',
  summary: 'start every part and keep it running, in the foreground',
  details:
    'Compiles the configuration, starts ledger, collector, alerts, detection, edge and console, and starts a dead one again.\nCtrl-C stops them in order. With --demo: a shop with flaws behind the layers, without any configuration file.',
  options: {
    demo: { type: 'boolean', help: 'start the shop and protect it' },
    live: { type: 'boolean', help: 'print every event as one line (always with --demo)' },
    runtime: {
      type: 'boolean',
      help: 'start the forwarder of the runtime layer too; in the demo also its agent inside the shop',
    },
    layers: {
      type: 'string',
      value: 'LIST',
      help: 'run only these parts on this host, such as edge; a host without the ledger must be enrolled',
      default: 'all',
    },
    port: { type: 'string', value: 'N', help: 'demo: port of the site; 0 takes a free one', default: '7700' },
    'console-port': { type: 'string', value: 'N', help: 'demo: port of the console', default: '7770' },
    'api-port': { type: 'string', value: 'N', help: 'demo: port of the Local API', default: '7780' },
    'shop-port': { type: 'string', value: 'N', help: 'demo: port of the shop itself', default: '7790' },
    'ban-duration': { type: 'string', value: 'TIME', help: 'demo: how long a ban holds', default: '2m' },
    ...placeOptions,
  },
  examples: [
    'sevenfold up --demo',
    'sevenfold up --demo --runtime',
    'sevenfold up --demo --port 7800',
    'sevenfold up --layers edge',
    'sevenfold up --config /etc/sevenfold/sevenfold.yaml',
  ],
  exits: { 1: 'the configuration is faulty' },
  run: async (call) => await (await import('../up/run-up.ts')).runUp(call),
}
