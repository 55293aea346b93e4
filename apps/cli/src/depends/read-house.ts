import { existsSync, readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isJsonObject, isPartName, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { readState } from '../up/state-file.ts'
import type { Dependency, DependencyKind } from './dependency.ts'

const limits = { maxTextLength: 16_777_216, maxDepth: 24, maxNodes: 500_000, maxStringLength: 1_048_576 }

function userName(uid: number): string {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(uid))
    return line?.split(':', 1)[0] ?? String(uid)
  } catch {
    return String(uid) // a system without the file
  }
}

/** User of a process (proc(5)); undefined where that cannot be seen. */
function userOf(pid: number): string | undefined {
  try {
    return userName(statSync(`/proc/${pid}`).uid)
  } catch {
    return undefined
  }
}

function readConfig(dataDir: string, part: string): JsonObject {
  try {
    const parsed = parseBoundedJson(readFileSync(join(dataDir, part, 'config.json'), 'utf8'), limits)
    return parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
  } catch {
    return {} // a part without a configuration
  }
}

function logPaths(dataDir: string): readonly Dependency[] {
  const sources = readConfig(dataDir, 'detection')['sources']
  const files = Array.isArray(sources) ? sources.filter(isJsonObject) : []
  const evidence = 'detection/config.json sources'
  return files.flatMap(({ file }) =>
    typeof file === 'string' ? [{ layer: 'detection', kind: 'log path' as const, name: file, evidence }] : [],
  )
}

function foldersOf(dataDir: string, part: string): readonly Dependency[] {
  const folder = join(dataDir, part)
  if (!existsSync(folder)) return []
  const { dev, uid } = statSync(folder)
  const of = (kind: DependencyKind, name: string): Dependency => ({
    layer: part,
    kind,
    name,
    evidence: folder,
  })
  return [of('volume', `file system ${dev} (${dataDir})`), of('user', userName(uid))]
}

/** What a running house on this host leans on: users of its processes, its disk, its supervisor, its receivers. */
export function readHouse(dataDir: string): readonly Dependency[] {
  const state = readState(dataDir)
  const parts = (state?.parts ?? []).filter(({ name }) => isPartName(name))
  const supervised = parts.flatMap(({ name, pid }): Dependency[] => {
    const user = pid === undefined ? undefined : userOf(pid)
    const evidence = `process ${pid ?? '-'}`
    return [
      ...(user === undefined ? [] : [{ layer: name, kind: 'user' as const, name: user, evidence }]),
      { layer: name, kind: 'host', name: hostname(), evidence },
      {
        layer: name,
        kind: 'service',
        name: `the supervisor (process ${state?.pid ?? '-'})`,
        evidence: 'supervisor/state.json',
      },
    ]
  })
  const named =
    parts.length > 0
      ? parts.map(({ name }) => name)
      : ['edge', 'runtime', 'detection', 'ledger', 'collector', 'alerts', 'console']
  const senders = named.filter((name) => name !== 'ledger' && existsSync(join(dataDir, name)))
  return [
    ...supervised,
    ...named.flatMap((part) => foldersOf(dataDir, part)),
    ...logPaths(dataDir),
    ...senders.map((layer): Dependency => {
      return {
        layer,
        kind: 'service',
        name: 'the ledger, for evidence (spools hold it meanwhile)',
        evidence: 'ledger/ingest.sock',
      }
    }),
  ]
}
