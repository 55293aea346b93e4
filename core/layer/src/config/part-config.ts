import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PartName } from '@sevenfold/event'
import { LayerError } from '../error.ts'
import { writeAtomic } from '../files/write-atomic.ts'

/** Where a configuration came from. */
export type ConfigSource = 'current' | 'last-good' | 'fallback'

/** A compiled configuration that passed its part's check. */
export interface LoadedConfig<C> {
  readonly config: C
  /** SHA-256 of the file's bytes, lower-case hex. */
  readonly digest: string
  readonly source: ConfigSource
  /** The file's text, to keep as last good copy. */
  readonly text: string
}

/** Longest compiled configuration, in bytes. */
export const maxConfigBytes = 33_554_432

/** Path of a part's compiled configuration. */
export function configPath(dataDir: string, part: PartName): string {
  return join(dataDir, part, 'config.json')
}

/** Path of the last copy that a part started with and that passed its self-test. */
export function lastGoodPath(dataDir: string, part: PartName): string {
  return join(dataDir, part, 'config.last-good.json')
}

/** SHA-256 of a configuration's text, lower-case hex. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function readText(path: string): string {
  if (!existsSync(path))
    throw new LayerError('LAYER_CONFIG_MISSING', `${path} is missing`, { hint: 'run `sevenfold up`' })
  const bytes = readFileSync(path)
  if (bytes.length <= maxConfigBytes) return bytes.toString('utf8')
  throw new LayerError('LAYER_CONFIG_INVALID', `${path} is larger than ${maxConfigBytes} bytes`)
}

/**
 * Reads and checks one configuration file.
 * @throws LayerError LAYER_CONFIG_MISSING, LAYER_CONFIG_INVALID with the check's own error as cause.
 */
export function readConfigFile<C>(
  path: string,
  source: ConfigSource,
  parse: (value: unknown) => C,
): LoadedConfig<C> {
  const text = readText(path)
  try {
    return { config: parse(JSON.parse(text)), digest: digestOf(text), source, text }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error'
    throw new LayerError('LAYER_CONFIG_INVALID', `${path}: ${why}`, {
      cause: error,
      hint: 'run `sevenfold config check`; the last good configuration stays in force',
    })
  }
}

/** What loading needs. */
export interface LoadConfigOptions<C> {
  readonly dataDir: string
  readonly part: PartName
  readonly parse: (value: unknown) => C
  /** Used when no file can be used. */
  readonly fallback?: (() => C) | undefined
  /** Told why a file was passed over. */
  readonly onProblem: (error: unknown) => void
}

/** Every configuration that can be used, best first: current, last good, fallback. */
export function loadConfigs<C>(options: LoadConfigOptions<C>): LoadedConfig<C>[] {
  const { dataDir, part, parse } = options
  const usable: LoadedConfig<C>[] = []
  const files = [
    [configPath(dataDir, part), 'current'],
    [lastGoodPath(dataDir, part), 'last-good'],
  ] as const
  for (const [path, source] of files) {
    if (source === 'last-good' && !existsSync(path)) continue
    try {
      usable.push(readConfigFile(path, source, parse))
    } catch (error) {
      options.onProblem(error)
    }
  }
  if (options.fallback !== undefined) {
    const config = options.fallback()
    const text = JSON.stringify(config) ?? ''
    usable.push({ config, digest: digestOf(text), source: 'fallback', text })
  }
  return usable
}

/** Keeps a configuration that works as last good copy. Throws what the file system throws. */
export function keepAsLastGood(dataDir: string, part: PartName, text: string): void {
  const path = lastGoodPath(dataDir, part)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  writeAtomic(path, text)
}
