import { resolve } from 'node:path'
import { configPath } from '../place/data-folder.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold config show`. */
export const configShow: Command = {
  name: 'config show',
  summary: 'print what each part will run with',
  details: 'Defaults filled in, durations in ms, sizes in bytes, paths absolute; secrets stay references.',
  words: { name: 'FILE', help: 'configuration file (default ./sevenfold.yaml)', min: 0, max: 1 },
  options: { part: { type: 'string', value: 'PART', help: 'only this part, such as edge' } },
  examples: ['sevenfold config show --part edge'],
  exits: { 1: 'the configuration is faulty' },
  run: async (call) => {
    const { configDigest, configText, configuredParts } = await import('@sevenfold/config')
    const { loadChecked } = await import('../place/load-checked.ts')
    const [word] = call.words
    const path = word === undefined ? configPath(call) : resolve(call.io.cwd, word)
    const wanted = call.text('part')
    if (wanted !== undefined && !configuredParts.some((part) => part === wanted))
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
