import type { LedgerConfig } from '@sevenfold/config'
import { writeAtomic } from '@sevenfold/layer'
import type { PartContext, Timer } from '@sevenfold/layer'
import { maxAddCheckpointBytes } from '@sevenfold/merkle'
import { createOutbound } from '@sevenfold/outbound'
import type { LedgerLog } from '../log/ledger-log.ts'
import { logFolder } from '../log/log-folder.ts'
import { TileStore } from '../log/tile-store.ts'
import { Cosigner } from './cosigner.ts'
import type { CosignedRound, Post } from './cosigner.ts'

/** Most bytes of a witness's answer. */
const maxAnswerBytes = 16_384

function postOver(config: LedgerConfig): Post {
  // A witness is named in the configuration: it may be on a private network.
  const namedHosts = config.witnesses.map(({ url }) => new URL(url).hostname)
  const outbound = createOutbound({
    namedHosts,
    limits: { maxBytes: maxAnswerBytes, maxRequestBytes: maxAddCheckpointBytes },
  })
  return async (url, body, signal) => {
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    const answer = await outbound.request(url, { method: 'POST', body, headers, signal })
    return { status: answer.status, text: Buffer.from(answer.body).toString('utf8') }
  }
}

/** Says once when a witness begins to fail, and once when it is back. */
function createReporter(context: PartContext<LedgerConfig>): (round: CosignedRound) => void {
  const { config, log, metrics, events } = context
  const gauge = metrics.gauge(
    'sevenfold_ledger_cosignatures',
    'Witnesses that cosigned the newest checkpoint',
  )
  const failing = new Set<string>()
  return ({ cosigners, failures }) => {
    gauge.set(cosigners.length)
    for (const { url } of config.witnesses) {
      const why = failures.get(url)
      if (why !== undefined && !failing.has(url)) {
        failing.add(url)
        log.error('witness-fails', { url, why })
        context.emit(events.notice('witness-fails', `witness ${url} does not cosign: ${why}`, 60))
      }
      if (why === undefined && failing.delete(url))
        context.emit(events.notice('witness-back', `witness ${url} cosigns again`))
    }
  }
}

/** Asks the configured witnesses for cosignatures, every `witnessInterval`; nothing waits for them. */
export function startCosigning(context: PartContext<LedgerConfig>, ledger: LedgerLog): { stop(): void } {
  const { config, clock, dataDir, log } = context
  if (config.witnesses.length === 0) return { stop: () => undefined }
  const folder = logFolder(dataDir)
  const tiles = new TileStore(folder.root)
  const cosigner = new Cosigner({
    witnesses: config.witnesses,
    post: postOver(config),
    tiles: (tile) => tiles.read(tile),
  })
  const report = createReporter(context)
  let timer: Timer | undefined
  let [isStopped, asked] = [false, '']
  const run = async (): Promise<void> => {
    const note = ledger.signedNote
    if (note !== '' && note !== asked) {
      const round = await cosigner.round(note)
      report(round)
      // One that failed is asked again, also when nothing new came.
      asked = round.failures.size === 0 ? note : ''
      if (round.cosigners.length > 0) writeAtomic(folder.cosigned, round.note)
    }
    if (!isStopped) timer = clock.after(config.witnessIntervalMs, again)
  }
  const again = (): void => {
    run().catch((error: unknown) => {
      log.error('cosigning-failed', { error })
      if (!isStopped) timer = clock.after(config.witnessIntervalMs, again)
    })
  }
  again()
  return {
    stop: () => {
      isStopped = true
      timer?.cancel()
    },
  }
}
