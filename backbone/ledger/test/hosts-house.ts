import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import type { PartName } from '@sevenfold/event'
import {
  decodeEnrolToken,
  enrolHost,
  loadOrCreateKeys,
  localAgent,
  registerAgent,
  startLayer,
  startPart,
  writeHostFiles,
} from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { ledgerLayer, tailLedger } from '@sevenfold/ledger'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { MemoryLog } from '@sevenfold/testkit'

/** An answer of the socket for commands. */
export interface AdminAnswer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** A host of the backbone with a ledger that listens for others. */
export class HostsHouse {
  readonly #folders = [createTemporaryFolder()]
  readonly folder: string = this.#folders[0]?.path ?? ''
  readonly log: MemoryLog = createMemoryLog()
  /** Where hosts enrol. */
  url = ''
  #stop: (() => Promise<void>) | undefined
  readonly #closing: (() => Promise<void> | void)[] = []

  /** Starts the ledger, also again on the same port. */
  async start(change: object = {}): Promise<void> {
    const port = this.url === '' ? 0 : Number(new URL(this.url).port)
    const config = {
      v: 1,
      spoolBytes: 8_388_608,
      origin: 'example.org/ledger',
      segmentSizeBytes: 65_536,
      checkpointIntervalMs: 100,
      segmentsBytes: 1_000_000_000,
      hosts: {
        listen: { host: '127.0.0.1', port },
        url: `https://127.0.0.1:${port}`,
        certificateLifeMs: 86_400_000,
        ...change,
      },
    }
    mkdirSync(join(this.folder, 'ledger'), { recursive: true, mode: 0o700 })
    const keys = loadOrCreateKeys(join(this.folder, 'ledger', 'keys'))
    registerAgent(join(this.folder, 'ledger', 'agents.json'), localAgent('ledger', keys.publicKey))
    writeFileSync(join(this.folder, 'ledger', 'config.json'), JSON.stringify(config))
    const started = await startLayer(ledgerLayer, { dataDir: this.folder, log: this.log })
    this.#stop = () => started.stop()
    this.url = started.listening[0]?.url ?? ''
  }

  async stop(): Promise<void> {
    await this.#stop?.()
    this.#stop = undefined
  }

  /** Runs `close` when the test ends, the last one first. */
  later(close: () => Promise<void> | void): void {
    this.#closing.push(close)
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).toReversed()) await close()
    await this.stop()
    for (const folder of this.#folders) folder.remove()
  }

  /** A folder that goes when the test ends. */
  temporary(): string {
    const folder = createTemporaryFolder()
    this.#folders.push(folder)
    return folder.path
  }

  /** Asks as a command of this host does. */
  admin(method: string, path: string, body?: object): Promise<AdminAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const call = request(
        {
          socketPath: join(this.folder, 'ledger', 'hosts.sock'),
          method,
          path,
          headers: { 'content-type': 'application/json' },
        },
        (answer) => {
          let got = ''
          answer.setEncoding('utf8').on('data', (chunk: string) => (got += chunk))
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: JSON.parse(got) as Record<string, unknown> }),
          )
        },
      )
      call.on('error', reject)
      call.end(text)
    })
  }

  /** A token for a layer of a host. */
  async token(host: string, layer: PartName = 'edge', more: object = {}): Promise<string> {
    const wish = { host, layer, ttlMs: 60_000, actor: 'test', ...more }
    const { body } = await this.admin('POST', '/v1/tokens', wish)
    if (typeof body['token'] !== 'string') throw new Error(JSON.stringify(body))
    return body['token']
  }

  /** Enrols a data folder as another host does. */
  async join(dataDir: string, host: string, layer: PartName = 'edge'): Promise<void> {
    const token = decodeEnrolToken(await this.token(host, layer))
    const partDir = join(dataDir, layer)
    const files = await enrolHost(token, loadOrCreateKeys(join(partDir, 'keys')))
    writeHostFiles(partDir, files)
  }

  /** An enrolled host with a data folder of its own. */
  async joined(host: string): Promise<string> {
    const dataDir = this.temporary()
    await this.join(dataDir, host)
    return dataDir
  }

  /** Starts the edge of a data folder; what it writes goes wherever its enrolment says. */
  async edge(dataDir: string, log: MemoryLog = createMemoryLog()): Promise<PartContext<object>> {
    const edge = await startPart<object>({
      part: 'edge',
      slot: 'w0',
      dataDir,
      config: {},
      control: false,
      receivers: [{ name: 'ledger', socketPath: join(dataDir, 'ledger', 'ingest.sock') }],
      log,
    })
    this.later(() => edge.stop())
    return edge
  }

  /** Messages of all events in the ledger. */
  async messages(): Promise<string[]> {
    const found: string[] = []
    for await (const { line } of tailLedger(join(this.folder, 'ledger'))) {
      const { message } = JSON.parse(line) as { message?: string }
      if (message !== undefined) found.push(message)
    }
    return found
  }
}

/** Waits for what comes by itself; the deadline is generous. */
export async function until(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 90_000
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`${what}: not in time`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
