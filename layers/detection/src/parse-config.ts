import type { DetectionConfig } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'

// Sections that a file compiled by the version before does not have (design: N and N-1 understand each other).
const laterSections = {
  escalation: { factor: 2, maxMs: 7 * 86_400_000 },
  simulation: { all: false, scenarios: [] },
  enforcement: {},
  feeds: { threshold: 1, lists: [] },
}

/** Checks the compiled configuration of this layer as far as a start depends on it. Throws an `Error` that says what is wrong. */
export function parseConfig(value: unknown): DetectionConfig {
  const config = isJsonObject(value) ? value : {}
  const api = isJsonObject(config['api']) ? config['api'] : {}
  const listen = isJsonObject(api['listen']) ? api['listen'] : {}
  const isWhole =
    config['v'] === 1 &&
    typeof listen['port'] === 'number' &&
    typeof config['banDurationMs'] === 'number' &&
    ['neverBan', 'declaredProxies', 'sources'].every((key) => Array.isArray(config[key]))
  if (!isWhole) throw new Error('not a compiled detection configuration')
  // Written by our own compiler; the fields that a start depends on are checked above.
  return { ...laterSections, ...(value as DetectionConfig) }
}
