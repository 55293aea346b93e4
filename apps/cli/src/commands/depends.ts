import { placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold depends`. */
export const depends: Command = {
  name: 'depends',
  summary: 'list what two or more layers share, and which single failure takes several of them down',
  details: `Reads the running house of a data folder, or unit files, Compose files and Kubernetes manifests; and the package trees of all
parts. Two layers that share a user, a host or a volume are one layer to whoever has that.`,
  words: { name: 'PATH…', help: 'unit files, Compose files, manifests, or folders of them', min: 0, max: 64 },
  options: {
    files: { type: 'string', value: 'PATH', multiple: true, help: 'as PATH' },
    packages: { type: 'boolean', help: 'also list shared packages one by one' },
    ...placeOptions,
  },
  examples: ['sevenfold depends', 'sevenfold depends ./deploy --json'],
  exits: { 1: 'one failure takes two or more layers down' },
  run: async (call) => await (await import('../depends/run-depends.ts')).runDepends(call),
}
