import type { Agent } from '../../agent.ts'
import type { OutgoingGuard } from '../../outgoing-guard.ts'
import type { StatementGuard } from '../../statement-guard.ts'
import type { StoredInputs } from '../../inputs/stored-inputs.ts'
import { hookLdap } from './ldap.ts'
import { hookGrpc, hookWs } from './messages.ts'
import { hookDatastore, hookMongodb } from './mongodb.ts'
import { hookMysqlClass } from './mysql.ts'
import { hookPg, hookPgPool } from './postgres.ts'
import { hookPassport } from './passport.ts'
import { hookPrisma } from './prisma.ts'
import { hookSerialiser, serialiserPackages } from './serialisers.ts'
import { hookShelljs } from './shelljs.ts'
import { hookSqlite3, hookSyncSqlite } from './sqlite.ts'
import { hookTemplates, templatePackages } from './templates.ts'
import { hookTedious } from './tedious.ts'
import { hookUndici } from './undici.ts'
import { hookXml } from './xml.ts'

/** Hooks a module once it is loaded; `replace` exports something else in its place. */
export type DriverHook = (exported: unknown, replace: (value: unknown) => void) => void

/** A file of a package, as it ends below any `node_modules`, and what to do with what it exports. */
export interface DriverFile {
  readonly file: RegExp
  readonly hook: DriverHook
}

/** What drivers are hooked with. */
export interface Guards {
  readonly agent: Agent
  readonly guard: StatementGuard
  readonly outgoing: OutgoingGuard
  readonly stored: StoredInputs
}

/** Files by package. Several copies and versions of one package are hooked each for itself. */
export function driverHooks(guards: Guards): ReadonlyMap<string, readonly DriverFile[]> {
  const { agent, guard, outgoing, stored } = guards
  const mysqlClass: DriverHook = (exported) => hookMysqlClass(guards, exported)
  const xml: DriverHook = (exported) => hookXml(agent, exported)
  const anyFile = /\.c?js$/
  const ldap: DriverHook = (exported) => hookLdap(agent, exported)
  const engines = templatePackages.map((name): [string, readonly DriverFile[]] => [
    name,
    [{ file: anyFile, hook: (exported) => hookTemplates(agent, name, exported) }],
  ])
  const serialisers = Object.keys(serialiserPackages).map((name): [string, readonly DriverFile[]] => [
    name,
    [{ file: anyFile, hook: (exported) => hookSerialiser(agent, name, exported) }],
  ])
  return new Map<string, readonly DriverFile[]>([
    ...engines,
    ...serialisers,
    ['passport', [{ file: /\/lib\/index\.js$/, hook: (exported) => hookPassport(agent, exported) }]],
    ['ldapjs', [{ file: anyFile, hook: ldap }]],
    ['ldapts', [{ file: anyFile, hook: ldap }]],
    ['ldap-client', [{ file: anyFile, hook: ldap }]],
    [
      '@prisma/client',
      [
        {
          file: /\/runtime\/\w+\.js$/,
          hook: (exported, replace) => hookPrisma(guard, exported, replace),
        },
      ],
    ],
    [
      'ws',
      [{ file: /\/lib\/(?:websocket|WebSocket)\.js$/, hook: (exported) => hookWs(agent, stored, exported) }],
    ],
    ['@grpc/grpc-js', [{ file: /\/server\.js$/, hook: (exported) => hookGrpc(agent, stored, exported) }]],
    ['pg', [{ file: /\/lib\/index\.js$/, hook: (exported) => hookPg(guard, exported) }]],
    ['pg-pool', [{ file: /\/index\.js$/, hook: (exported) => hookPgPool(guard, exported) }]],
    ['mysql', [{ file: /\/lib\/(?:Connection|Pool)\.js$/, hook: mysqlClass }]],
    ['mysql2', [{ file: /\/lib\/(?:base\/)?(?:connection|pool)\.js$/, hook: mysqlClass }]],
    ['sqlite3', [{ file: /\/lib\/sqlite3\.js$/, hook: (exported) => hookSqlite3(guard, exported) }]],
    [
      'better-sqlite3',
      [
        {
          file: /\/lib\/(?:index|database)\.js$/,
          hook: (exported) => hookSyncSqlite(guard, exported, 'better-sqlite3'),
        },
      ],
    ],
    ['tedious', [{ file: /\/lib\/tedious\.js$/, hook: (exported) => hookTedious(guard, exported) }]],
    ['mongodb', [{ file: /\/(?:lib\/)?index\.js$/, hook: (exported) => hookMongodb(guards, exported) }]],
    ['marsdb', [{ file: /\/index\.js$/, hook: (exported) => hookMongodb(guards, exported) }]],
    ['nedb', [{ file: /\/lib\/datastore\.js$/, hook: (exported) => hookDatastore(guards, exported) }]],
    [
      '@seald-io/nedb',
      [{ file: /\/lib\/datastore\.js$/, hook: (exported) => hookDatastore(guards, exported) }],
    ],
    ['shelljs', [{ file: /^\/shell\.js$/, hook: (exported) => hookShelljs(agent, exported) }]],
    ['undici', [{ file: /\/index\.js$/, hook: (exported) => hookUndici(outgoing, exported) }]],
    ['libxmljs2', [{ file: /\/(?:index|lib\/document)\.js$/, hook: xml }]],
    ['libxmljs', [{ file: /\/(?:index|lib\/document)\.js$/, hook: xml }]],
  ])
}

/** A file of a package: its name, and the path below its folder with `/`. */
export interface PackageFile {
  readonly name: string
  readonly path: string
}

/** The package that a file belongs to and its path there; undefined for files of the application. */
export function packageOf(filename: string): PackageFile | undefined {
  const at = filename.lastIndexOf('node_modules')
  if (at < 0) return undefined
  const below = filename.slice(at + 13)
  const rest = below.includes('\\') ? below.replaceAll('\\', '/') : below
  const scope = rest.startsWith('@') ? rest.indexOf('/') + 1 : 0
  const end = rest.indexOf('/', scope)
  return end < 0 ? undefined : { name: rest.slice(0, end), path: rest.slice(end) }
}

/** What to do with a loaded file; undefined for nearly all. */
export function hookFor(
  hooks: ReadonlyMap<string, readonly DriverFile[]>,
  { name, path }: PackageFile,
): DriverHook | undefined {
  return hooks.get(name)?.find(({ file }) => file.test(path))?.hook
}
