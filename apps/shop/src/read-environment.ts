import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseAddress } from './database/database.ts'
import type { FlawId } from './flaws/flaw.ts'
import { flaws } from './flaws/flaws.ts'

/** The environment of the shop's processes. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the shop process was told. */
export interface ShopSettings {
  readonly listen: string
  readonly dataDir: string
  /** Undefined: the shop starts its own database process. */
  readonly database: DatabaseAddress | undefined
  readonly logPath: string | undefined
  readonly controlPath: string | undefined
  readonly trustProxy: boolean
  readonly hosts: readonly string[]
  readonly patched: readonly FlawId[] | 'all'
  readonly seed: string | undefined
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value
}

function list(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function patchedFlaws(value: string | undefined): readonly FlawId[] | 'all' {
  if (value === 'all') return 'all'
  return list(value).map((id) => {
    const flaw = flaws.find((candidate) => candidate.id === id)
    if (flaw === undefined)
      throw new Error(`SHOP_PATCHED names "${id}", which is no flaw of the shop; the README lists them`)
    return flaw.id
  })
}

function databaseAddress(env: Environment): DatabaseAddress | undefined {
  const url = set(env['DATABASE_URL'])
  if (url !== undefined) return { url }
  const socketPath = set(env['SHOP_DB_SOCKET'])
  return socketPath === undefined ? undefined : { socketPath }
}

/** The folder of the shop: `SHOP_DATA`, else `shop` in the folder of `SEVENFOLD_DATA`, else a temporary one. */
export function shopDataDir(env: Environment): string {
  const parts = set(env['SEVENFOLD_DATA'])
  return (
    set(env['SHOP_DATA']) ??
    (parts === undefined ? join(tmpdir(), `sevenfold-shop-${process.pid}`) : join(parts, 'shop'))
  )
}

/** Reads the settings; throws a readable error for a value that cannot be right. */
export function readEnvironment(env: Environment): ShopSettings {
  const dataDir = shopDataDir(env)
  return {
    listen: set(env['SHOP_LISTEN']) ?? '127.0.0.1:7790',
    dataDir,
    database: databaseAddress(env),
    logPath: set(env['SHOP_LOG']) ?? join(dataDir, 'access.log'),
    controlPath: set(env['SHOP_CONTROL']) ?? join(dataDir, 'control.sock'),
    trustProxy: env['SHOP_TRUSTED_PROXY'] === '1',
    hosts: list(env['SHOP_HOSTS']),
    patched: patchedFlaws(env['SHOP_PATCHED']),
    seed: set(env['SHOP_SEED']),
  }
}
