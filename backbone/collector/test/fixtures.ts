import { generateKeyPairSync, sign } from 'node:crypto'
import { join } from 'node:path'
import { createEventBuilder, createRedactor, encodeLine, sealDraft, uuidV7 } from '@sevenfold/event'
import type { EventBuilder, EventDraft, RequestFacts } from '@sevenfold/event'
import { openLedgerLog } from '@sevenfold/ledger'
import type { LedgerLog } from '@sevenfold/ledger'

/** A builder with real ids; time is the caller's. */
export function createBuilder(now: () => number, layer: 'edge' | 'detection' = 'edge'): EventBuilder {
  return createEventBuilder({ layer, now, newId: uuidV7, redactor: createRedactor(new Uint8Array(32)) })
}

/** A log in `<dataDir>/ledger` with small segments. */
export function openLog(dataDir: string, segmentBytes = 4_000): Promise<LedgerLog> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return openLedgerLog({
    folder: join(dataDir, 'ledger'),
    origin: 'example.org/ledger',
    signer: {
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
      sign: (text) => sign(null, text, privateKey).toString('base64'),
    },
    segmentBytes,
    retainBytes: 1_000_000_000,
  })
}

/** Seals drafts as one writer and appends them to a log. */
export class TestWriter {
  readonly #log: LedgerLog
  readonly #agent: string
  #next = 1

  constructor(log: LedgerLog, agent = 'edge/w0') {
    this.#log = log
    this.#agent = agent
  }

  /** Appends; the drafts' own lane is replaced, since one counter serves both here. */
  async append(...drafts: readonly EventDraft[]): Promise<void> {
    const first = this.#next
    const lines = drafts.map((draft) => {
      const low: EventDraft = { ...draft, sevenfold: { ...draft.sevenfold, lane: 'low' } }
      this.#next += 1
      return encodeLine(sealDraft(low, { id: this.#agent, ephemeral_id: 'e1' }, this.#next - 1))
    })
    const body = Buffer.from(lines.map((line) => `${line}\n`).join(''))
    await this.#log.append({
      agent: this.#agent,
      epoch: 'e1',
      lane: 'low',
      first,
      lines: lines.length,
      hash: '',
      body,
    })
  }
}

let requests = 0

/** Facts of a request that nobody minds. */
export function requestFacts(change: Partial<RequestFacts> = {}): RequestFacts {
  requests += 1
  return {
    requestId: `request-${requests}`,
    site: 'shop',
    clientAddress: '192.0.2.7',
    method: 'GET',
    path: '/',
    httpVersion: '1.1',
    status: 200,
    ...change,
  }
}
