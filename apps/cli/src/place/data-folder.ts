import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { environmentError } from '../program/cli-error.ts'
import type { Call, OptionSpec } from '../program/command.ts'

/** Options of every command that talks to what runs. */
export const placeOptions: Readonly<Record<'data' | 'config', OptionSpec>> = {
  data: {
    type: 'string',
    value: 'DIR',
    help: 'data folder',
    default: 'that of the configuration, else ./.sevenfold',
  },
  config: { type: 'string', value: 'FILE', help: 'configuration file', default: './sevenfold.yaml' },
}

/** Path of the configuration file that a command was given, or the usual one. */
export function configPath(call: Call): string {
  return resolve(call.io.cwd, call.text('config') ?? call.io.env['SEVENFOLD_CONFIG'] ?? 'sevenfold.yaml')
}

/**
 * The data folder: `--data`, else `SEVENFOLD_DATA`, else what the configuration file says, else `./.sevenfold`.
 * A faulty configuration file is no obstacle here: whoever looks for help must reach what runs.
 */
export async function dataFolder(call: Call): Promise<string> {
  const given = call.text('data') ?? call.io.env['SEVENFOLD_DATA']
  if (given !== undefined && given !== '') return resolve(call.io.cwd, given)
  const file = configPath(call)
  if (existsSync(file)) {
    const { compileConfig, loadConfig } = await import('@sevenfold/config')
    const read = await loadConfig(file)
    if (read.ok) return compileConfig(read.config, resolve(file, '..')).dataDir
  }
  return resolve(call.io.cwd, '.sevenfold')
}

/** Path of a part's socket. @throws CliError when the data folder does not exist. */
export async function partSocket(call: Call, part: string, socket: string): Promise<string> {
  const folder = await dataFolder(call)
  if (!existsSync(folder)) {
    throw environmentError(
      `there is no data folder ${folder}`,
      'start with sevenfold up, or name the folder with --data',
    )
  }
  return join(folder, part, socket)
}
