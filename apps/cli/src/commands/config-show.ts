import { resolve } from 'node:path'
import { configDigest, configText, configuredParts } from '@sevenfold/config'
import type { ConfiguredPart } from '@sevenfold/config'
import { configPath } from '../place/data-folder.ts'
import { loadChecked } from '../place/load-checked.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

function isPart(name: string): name is ConfiguredPart {
  return configuredParts.some((part) => part === name)
}

/** `sevenfold config show`. */
export const configShow: Command = {
  name: 'config show',
  summary: 'print what each part will run with',
  details: 'Defaults filled in, durations in ms, sizes in bytes, paths absolute; secrets stay references.',
  words: { name: 'FILE', help: 'configuration file (default ./sevenfold.yaml)', min: 0, max: 1 },
  options: { part: { type: 'string', value: 'PART', help: `one of ${configuredParts.join(', ')}` } },
  examples: ['sevenfold config show --part edge'],
  exits: { 1: 'the configuration is faulty' },
  run: async (call) => {
    const [word] = call.words
    const path = word === undefined ? configPath(call) : resolve(call.io.cwd, word)
    const wanted = call.text('part')
    if (wanted !== undefined && !isPart(wanted))
      throw usageError(`there is no part ${wanted}`, `parts are ${configuredParts.join(', ')}`)
    const { compiled } = await loadChecked(path, call.io.env)
    const parts = configuredParts.filter((part) => wanted === undefined || part === wanted)
    if (call.json) {
      const shown = Object.fromEntries(parts.map((part) => [part, compiled.parts[part]]))
      call.io.out(JSON.stringify({ data: compiled.dataDir, parts: shown }))
      return 0
    }
    for (const part of parts) {
      const text = configText(compiled.parts[part])
      call.io.out(
        `# ${part}: ${compiled.dataDir}/${part}/config.json, digest ${configDigest(text).slice(0, 16)}\n${text}`,
      )
    }
    return 0
  },
}
