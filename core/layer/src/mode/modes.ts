import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject, Mode } from '@sevenfold/event'
import { LayerError } from '../error.ts'
import { writeAtomic } from '../files/write-atomic.ts'

/** Modes as the configuration sets them: of the layer, and of each site it serves. */
export interface ModeBaseline {
  readonly layer: Mode
  readonly sites: Readonly<Record<string, Mode>>
}

/** A change of mode, after it is in force and on disk. */
export interface ModeChange {
  /** Undefined: the whole layer. */
  readonly site: string | undefined
  readonly from: Mode
  readonly to: Mode
}

/** A wish for another mode. */
export interface ModeWish {
  readonly mode: Mode
  readonly site?: string
  /** Weakening is accepted from the control socket only. */
  readonly mayWeaken: boolean
}

/** Modes in force, per layer and site. A site is never stronger than its layer. */
export interface Modes {
  /** The mode in force on a site, or of the layer. An unknown site has the layer's mode. */
  mode(site?: string): Mode
  /** Sites whose mode differs from the layer's. */
  differing(): Readonly<Record<string, Mode>>
  /**
   * Changes one mode: on disk first, then in force, in one step.
   * @throws LayerError LAYER_MODE_WEAKENING, LAYER_MODE_UNKNOWN_SITE, or what the file system throws.
   */
  change(wish: ModeWish): ModeChange
  /** Takes a new baseline. What was changed by hand stays where the baseline did not change. */
  rebase(baseline: ModeBaseline): void
  /** Everything in force, to hand to another process of the same part. */
  snapshot(): ModeBaseline
  /** Takes another process's snapshot: workers follow their primary. Not stored. */
  adopt(snapshot: ModeBaseline): void
  onChange(run: () => void): () => void
}

interface Override {
  readonly mode: Mode
  /** The configured mode when the change was made; another one ends the override. */
  readonly configured: Mode
}

interface Overrides {
  readonly layer?: Override
  readonly sites: Readonly<Record<string, Override>>
}

const strength: Readonly<Record<Mode, number>> = { off: 0, monitor: 1, enforce: 2 }
const fileLimits = { maxTextLength: 1_048_576, maxDepth: 5, maxNodes: 20_000, maxStringLength: 256 }

/** True when `to` protects less than `from`. */
export function isWeakening(from: Mode, to: Mode): boolean {
  return strength[to] < strength[from]
}

function weaker(a: Mode, b: Mode): Mode {
  return strength[a] <= strength[b] ? a : b
}

function isMode(value: unknown): value is Mode {
  return value === 'off' || value === 'monitor' || value === 'enforce'
}

function readOverride(value: unknown): Override | undefined {
  if (!isJsonObject(value) || !isMode(value['mode']) || !isMode(value['configured'])) return undefined
  return { mode: value['mode'], configured: value['configured'] }
}

function readOverrides(object: JsonObject): Overrides {
  const layer = readOverride(object['layer'])
  const sites: Record<string, Override> = Object.create(null) as Record<string, Override>
  if (isJsonObject(object['sites'])) {
    for (const [site, value] of Object.entries(object['sites'])) {
      const override = readOverride(value)
      if (override !== undefined) sites[site] = override
    }
  }
  return { ...(layer === undefined ? {} : { layer }), sites }
}

function loadOverrides(path: string | undefined, onInvalid: (why: string) => void): Overrides {
  if (path === undefined || !existsSync(path)) return { sites: {} }
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), fileLimits)
  if (parsed.ok && isJsonObject(parsed.value) && parsed.value['v'] === 1) return readOverrides(parsed.value)
  // The configured modes are the safe side of a damaged file: a weakening by hand does not outlive it.
  onInvalid(parsed.ok ? 'not a modes file' : parsed.message)
  return { sites: {} }
}

function inForce(baseline: ModeBaseline, overrides: Overrides): ModeBaseline {
  const pick = (configured: Mode, override: Override | undefined): Mode =>
    override !== undefined && override.configured === configured ? override.mode : configured
  const layer = pick(baseline.layer, overrides.layer)
  const sites: Record<string, Mode> = Object.create(null) as Record<string, Mode>
  for (const [site, configured] of Object.entries(baseline.sites))
    sites[site] = pick(configured, overrides.sites[site])
  return { layer, sites }
}

/** What a mode store needs. */
export interface ModesOptions {
  readonly baseline: ModeBaseline
  /** For example `data/edge/modes.json`; without it nothing is stored. */
  readonly path?: string
  readonly onInvalid?: (why: string) => void
}

/** Modes that survive a restart. */
export function createModes(options: ModesOptions): Modes {
  let baseline = options.baseline
  let overrides = loadOverrides(options.path, options.onInvalid ?? (() => undefined))
  let current = inForce(baseline, overrides)
  const listeners = new Set<() => void>()
  const notify = (): void => listeners.forEach((run) => run())
  const modeOf = (site?: string): Mode => {
    const own = site === undefined ? undefined : current.sites[site]
    return own === undefined ? current.layer : weaker(current.layer, own)
  }
  const override = ({ mode, site }: ModeWish): Overrides => {
    if (site === undefined) return { ...overrides, layer: { mode, configured: baseline.layer } }
    const configured = baseline.sites[site] ?? 'off'
    return { ...overrides, sites: { ...overrides.sites, [site]: { mode, configured } } }
  }
  const change = (wish: ModeWish): ModeChange => {
    const { site, mode } = wish
    if (site !== undefined && !Object.hasOwn(baseline.sites, site))
      throw new LayerError('LAYER_MODE_UNKNOWN_SITE', `site ${site} is not served here`)
    const from = site === undefined ? current.layer : (current.sites[site] ?? current.layer)
    if (!wish.mayWeaken && isWeakening(from, mode))
      throw new LayerError('LAYER_MODE_WEAKENING', `${from} to ${mode} weakens`, {
        hint: 'weaken with `sevenfold` on this host, over the control socket',
      })
    const next = override(wish)
    if (options.path !== undefined) writeAtomic(options.path, `${JSON.stringify({ v: 1, ...next })}\n`)
    overrides = next
    current = inForce(baseline, overrides)
    notify()
    return { site, from, to: mode }
  }
  return {
    mode: modeOf,
    differing: () => {
      const sites: Record<string, Mode> = {}
      for (const site of Object.keys(current.sites)) {
        const mode = modeOf(site)
        if (mode !== current.layer) sites[site] = mode
      }
      return sites
    },
    change,
    rebase: (next) => {
      baseline = next
      current = inForce(baseline, overrides)
      notify()
    },
    snapshot: () => current,
    adopt: (snapshot) => {
      current = snapshot
      notify()
    },
    onChange: (run) => {
      listeners.add(run)
      return () => void listeners.delete(run)
    },
  }
}
