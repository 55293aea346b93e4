import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startSink } from '../sink/sink-server.ts'
import type { Bed } from './bed.ts'
import { startApp } from './start-app.ts'

/** Where a bed lives. */
export interface BareBedOptions {
  /** Folder for everything; removed at the end. */
  readonly dataDir: string
  /** Environment of the application, for instance `SHOP_PATCHED`. */
  readonly appEnv?: Readonly<Record<string, string>>
}

/** The application alone, with no layer: enough to see whether attacks work at all. */
export async function startBareBed(options: BareBedOptions): Promise<Bed> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const app = await startApp({
    folder: join(options.dataDir, 'shop'),
    ...(options.appEnv === undefined ? {} : { env: options.appEnv }),
  })
  const sink = await startSink()
  const origin = { host: '127.0.0.1', port: app.port, direct: true }
  return {
    dataDir: undefined,
    layers: [],
    sink,
    missWindowMs: 0,
    target: () => origin,
    origin: () => origin,
    application: () => app,
    processes: () => [app.process],
    judgements: () => Promise.resolve([]),
    close: async () => {
      await Promise.all([app.process.stop(), sink.close()])
      rmSync(options.dataDir, { recursive: true, force: true })
    },
  }
}
