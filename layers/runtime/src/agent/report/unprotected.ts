import type { Unprotected } from '@sevenfold/event'

// Packages that speak to a database or an interpreter in ways that no hook and no wire reader here knows.
const unknown: Readonly<Record<string, string>> = {
  oracledb: 'its native library speaks to the database',
  odbc: 'its native library speaks to the database',
  ibm_db: 'its native library speaks to the database',
  'mssql-node': 'its native library speaks to the database',
  msnodesqlv8: 'its native library speaks to the database',
  'pg-native': 'its native library speaks to the database',
  'mysql-native': 'its native library speaks to the database',
  duckdb: 'its native library is the database',
  '@duckdb/node-api': 'its native library is the database',
  'sql.js': 'the database runs inside WebAssembly',
  '@libsql/client': 'its native library is the database',
  'cassandra-driver': 'CQL is not read',
  'neo4j-driver': 'Cypher is not read',
  '@clickhouse/client': 'its statements are not read',
  '@elastic/elasticsearch': 'its queries are not read',
  redis: 'its commands are not read',
  ioredis: 'its commands are not read',
  isolated_vm: 'code inside is not seen',
  'isolated-vm': 'code inside is not seen',
  vm2: 'code inside is not seen',
}

/** What cannot be protected: each said once. */
export class UnprotectedList {
  readonly #said = new Map<string, Unprotected>()
  readonly #tell: (one: Unprotected) => void

  constructor(tell: (one: Unprotected) => void) {
    this.#tell = tell
  }

  /** Adds something, unless it was said before. */
  add(one: Unprotected): void {
    if (this.#said.has(one.package) || this.#said.size >= 200) return
    this.#said.set(one.package, one)
    this.#tell(one)
  }

  /** Looks at a package that was loaded. */
  see(name: string): void {
    const why = Object.hasOwn(unknown, name) ? unknown[name] : undefined
    if (why !== undefined) this.add({ package: name, why })
  }

  all(): readonly Unprotected[] {
    return [...this.#said.values()]
  }
}
