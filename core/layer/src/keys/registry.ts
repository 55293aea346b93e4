import { verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { foreignModules, isJsonObject, isPartName, parseBoundedJson } from '@sevenfold/event'
import type { PartName } from '@sevenfold/event'
import { LayerError } from '../error.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import { keyIdOf, publicKeyFromRaw } from './keys.ts'

/** What a receiver knows of one key. Layer, agents and datasets come from here, never from an event. */
export interface RegisteredAgent {
  readonly part: PartName
  /** The host that it was enrolled on; absent for parts of the receiver's own host. */
  readonly host?: string
  /** Agents that may use the key: those whose id starts with this, for example `edge/`. */
  readonly agentPrefix: string
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** Allowed `event.dataset` values; a trailing `*` stands for any ending. */
  readonly datasets: readonly string[]
}

/** The keys that a receiver accepts. */
export interface Registry {
  find(keyId: string): RegisteredAgent | undefined
}

/** Verifies a base64 Ed25519 signature over UTF-8 text. False for anything malformed. */
export function verifySignature(publicKey: KeyObject, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64')
  return bytes.length === 64 && verify(null, Buffer.from(text), publicKey, bytes)
}

const limits = { maxTextLength: 4_194_304, maxDepth: 5, maxNodes: 100_000, maxStringLength: 4096 }

function invalid(path: string, why: string): LayerError {
  return new LayerError('LAYER_REGISTRY_INVALID', `registry ${path}: ${why}`, {
    hint: 'restore the file or register the parts again',
  })
}

function readEntry(path: string, entry: unknown): readonly [string, RegisteredAgent] {
  if (!isJsonObject(entry)) throw invalid(path, 'an agent is an object')
  const { part, agentPrefix, publicKey, datasets } = entry
  if (!isPartName(part)) throw invalid(path, 'an agent names its part')
  if (typeof agentPrefix !== 'string' || !/^[a-z][a-z0-9./_-]{0,127}$/.test(agentPrefix))
    throw invalid(path, 'agentPrefix is malformed')
  const raw = typeof publicKey === 'string' ? Buffer.from(publicKey, 'base64') : Buffer.alloc(0)
  if (raw.length !== 32) throw invalid(path, 'publicKey is base64 of 32 bytes')
  if (!Array.isArray(datasets)) throw invalid(path, 'datasets is a list')
  const names = datasets.filter((name): name is string => typeof name === 'string')
  return [keyIdOf(raw), { part, agentPrefix, publicKey: new Uint8Array(raw), datasets: names }]
}

/** Reads a registry file; a missing one is empty. @throws LayerError LAYER_REGISTRY_INVALID. */
export function readRegistryFile(path: string): ReadonlyMap<string, RegisteredAgent> {
  if (!existsSync(path)) return new Map()
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), limits)
  if (!parsed.ok) throw invalid(path, parsed.message)
  if (!isJsonObject(parsed.value) || parsed.value['v'] !== 1 || !Array.isArray(parsed.value['agents']))
    throw invalid(path, 'expected {"v": 1, "agents": [...]}')
  return new Map(parsed.value['agents'].map((entry) => readEntry(path, entry)))
}

/** Adds a key to a registry file or replaces what stands there for it. */
export function registerAgent(path: string, agent: RegisteredAgent): void {
  const agents = new Map(readRegistryFile(path))
  agents.set(keyIdOf(agent.publicKey), agent)
  const entries = [...agents.values()].map((entry) => ({
    part: entry.part,
    agentPrefix: entry.agentPrefix,
    publicKey: Buffer.from(entry.publicKey).toString('base64'),
    datasets: entry.datasets,
  }))
  writeAtomic(path, `${JSON.stringify({ v: 1, agents: entries }, undefined, 2)}\n`)
}

/** A registry entry for a part of this host: agents `<part>/…`, datasets `sevenfold.<part>.*`; the collector's also those of foreign programs. */
export function localAgent(part: PartName, publicKey: Uint8Array): RegisteredAgent {
  const foreign = part === 'collector' ? foreignModules.map((name) => `${name}.*`) : []
  return { part, agentPrefix: `${part}/`, publicKey, datasets: [`sevenfold.${part}.*`, ...foreign] }
}

/** What a file registry needs. */
export interface RegistryOptions {
  /** For example `data/ledger/agents.json`. */
  readonly path: string
  /** Told when a changed file cannot be used; the last good content stays in force. */
  readonly onInvalid?: (error: unknown) => void
}

/**
 * A registry on a JSON file, read again when the file changes (looked at on every `find`; one stat).
 * @throws LayerError LAYER_REGISTRY_INVALID when the first read fails.
 */
export function openRegistry(options: RegistryOptions): Registry {
  const stamp = (): string => {
    const stat = statSync(options.path, { throwIfNoEntry: false })
    return stat === undefined ? '' : `${stat.ino}:${stat.mtimeMs}:${stat.size}`
  }
  let seen = stamp()
  let agents = readRegistryFile(options.path)
  return {
    find: (keyId) => {
      const now = stamp()
      if (now !== seen) {
        seen = now
        try {
          agents = readRegistryFile(options.path)
        } catch (error) {
          options.onInvalid?.(error)
        }
      }
      return agents.get(keyId)
    },
  }
}

/** True when `dataset` is allowed by a list with trailing `*`. */
export function allowsDataset(datasets: readonly string[], dataset: string): boolean {
  return datasets.some((allowed) =>
    allowed.endsWith('*') ? dataset.startsWith(allowed.slice(0, -1)) : dataset === allowed,
  )
}

/**
 * True when the owner of a key may write as `agent`. Slots of other hosts carry a dot (`edge/web2.w0`), those of this one
 * never do: a part here cannot write as one there.
 */
export function mayWriteAs(owner: Pick<RegisteredAgent, 'agentPrefix'>, agent: string): boolean {
  const { agentPrefix } = owner
  return agent.startsWith(agentPrefix) && !agent.slice(agentPrefix.length).includes('.')
}

/** Checked public key of an agent, for `verifySignature`. */
export function verifierOf(agent: RegisteredAgent): KeyObject {
  return publicKeyFromRaw(agent.publicKey)
}
