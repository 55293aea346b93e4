import type { RuntimeConfig } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'

const modes = ['off', 'monitor', 'enforce']

/** Checks the compiled configuration of this layer. Throws an `Error` that says what is wrong. */
export function parseConfig(value: unknown): RuntimeConfig {
  const config = isJsonObject(value) ? value : {}
  const mode = config['mode']
  if (
    config['v'] !== 1 ||
    typeof config['spoolBytes'] !== 'number' ||
    typeof mode !== 'string' ||
    !modes.includes(mode)
  )
    throw new Error('not a compiled runtime configuration')
  return value as RuntimeConfig // written by our own compiler; all of its fields are checked above
}
