import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

/** A running database. */
export interface RunningDatabase {
  readonly socketPath: string
  close(): Promise<void>
}

/** How to start it. */
export interface DatabaseOptions {
  /** Unix socket to listen on, `<folder>/.s.PGSQL.<port>`. */
  readonly socketPath: string
  /**
   * File with a fresh cluster. Setting up a cluster takes seconds, loading one less than one; the first start
   * writes the file, later ones read it. Undefined: set up anew each time.
   */
  readonly snapshotPath?: string | undefined
  /** Folder to keep the data in; undefined keeps it in memory. */
  readonly dataDir?: string | undefined
}

function readSnapshot(path: string | undefined): Blob | undefined {
  if (path === undefined) return undefined
  try {
    return new Blob([readFileSync(path)])
  } catch {
    return undefined
  }
}

/** Written beside and renamed, so that a reader never sees half a file. A read-only folder only costs time. */
async function writeSnapshot(database: PGlite, path: string): Promise<void> {
  const fresh = `${path}.${process.pid}`
  try {
    const blob = await database.dumpDataDir('none')
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(fresh, new Uint8Array(await blob.arrayBuffer()))
    renameSync(fresh, path)
  } catch {
    rmSync(fresh, { force: true })
  }
}

async function openCluster(options: DatabaseOptions): Promise<PGlite> {
  if (options.dataDir !== undefined) return PGlite.create(options.dataDir)
  const snapshot = readSnapshot(options.snapshotPath)
  if (snapshot !== undefined) {
    try {
      return await PGlite.create({ loadDataDir: snapshot })
    } catch {
      // A damaged snapshot is replaced below.
    }
  }
  const database = await PGlite.create()
  if (options.snapshotPath !== undefined) await writeSnapshot(database, options.snapshotPath)
  return database
}

/** Starts PGlite behind a PostgreSQL socket. Rejects when the socket cannot be made. */
export async function startDatabase(options: DatabaseOptions): Promise<RunningDatabase> {
  mkdirSync(dirname(options.socketPath), { recursive: true, mode: 0o700 })
  rmSync(options.socketPath, { force: true })
  const database = await openCluster(options)
  const server = new PGLiteSocketServer({ db: database, path: options.socketPath, maxConnections: 8 })
  await server.start()
  return {
    socketPath: options.socketPath,
    close: async () => {
      await server.stop()
      await database.close()
      rmSync(options.socketPath, { force: true })
    },
  }
}
