import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LedgerConfig } from '@sevenfold/config'
import { HostLink, ensurePrivateFolder, keepEnrolled } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import type { LedgerLog } from '../log/ledger-log.ts'
import { keyNotes } from '../keys/key-history.ts'
import { logFolder } from '../log/log-folder.ts'
import { CopyConflict } from './copy-target.ts'
import type { CopyTarget } from './copy-target.ts'
import { Copier } from './copier.ts'
import type { CopyReport } from './copier.ts'
import { createLedgerCopy } from './ledger-copy.ts'
import { createS3Copy } from './s3-copy.ts'
import { createSyslogCopy } from './syslog-copy.ts'

/** Time between two looks for a syslog server, in milliseconds: entries leave as they come. */
const syslogIntervalMs = 1000

type Context = PartContext<LedgerConfig>

interface Planned {
  readonly target: CopyTarget
  readonly intervalMs: number
}

function pem(path: string | undefined): string | undefined {
  return path === undefined ? undefined : readFileSync(path, 'utf8')
}

function syslogTargets({ config }: Context): readonly Planned[] {
  return config.syslogCopies.map(({ host, port, ...files }) => {
    const [ca, certificate, key] = [pem(files.ca), pem(files.certificate), pem(files.key)]
    const target = createSyslogCopy(`syslog-${host}-${port}`, {
      host,
      port,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(key === undefined ? {} : { key }),
    })
    return { target, intervalMs: syslogIntervalMs }
  })
}

function s3Targets({ config, clock }: Context): readonly Planned[] {
  return config.s3Copies.map(({ bucket, region, prefix, endpoint, lockMs, intervalMs }) => {
    const target = createS3Copy(`s3-${bucket}`, {
      bucket,
      region,
      prefix,
      lockMs,
      now: () => clock.now(),
      ...(endpoint === undefined ? {} : { endpoint }),
    })
    return { target, intervalMs }
  })
}

/** Ledgers of other installations at which this one was enrolled: each has a folder below `copies/ledgers`. */
function ledgerTargets({ dataDir, clock, log }: Context): { planned: readonly Planned[]; stop(): void } {
  const root = join(dataDir, 'copies', 'ledgers')
  const names = existsSync(root) ? readdirSync(root).toSorted() : []
  const renewing: { stop(): void }[] = []
  const planned = names.flatMap((name): Planned[] => {
    const folder = join(root, name)
    const link = HostLink.open({
      partDir: folder,
      agentId: (host) => `ledger/${host}.copy`,
      slot: 'copy',
      clock,
      log,
    })
    if (link === undefined) return []
    renewing.push(keepEnrolled({ partDir: folder, link, clock, log }))
    const verifierKey = (): string => readFileSync(logFolder(dataDir).verifierKey, 'utf8').trim()
    // Those that a copy can have missed since it was last reached; the body of a question is small.
    const keyChanges = (): readonly string[] => keyNotes(dataDir).slice(-8)
    const target = createLedgerCopy(`ledger-${name}`, { link, folder, verifierKey, keyChanges })
    return [{ target, intervalMs: syslogIntervalMs }]
  })
  return {
    planned,
    stop: () => {
      for (const one of renewing) one.stop()
    },
  }
}

/** Metrics for every try; an event when a copy begins to fail, when it is back, and for what it can never have. */
function reportFor(context: Context, name: string): CopyReport {
  const { log, metrics, events } = context
  const behind = metrics.gauge(
    'sevenfold_ledger_copy_behind',
    'Entries of the batch that a copy does not have yet',
  )
  const failures = metrics.counter('sevenfold_ledger_copy_failures_total', 'Batches that a copy did not take')
  let isFailing = false
  return {
    behind: (entries) => behind.set(entries),
    failed: (error) => {
      failures.inc()
      log.error('copy-failed', { copy: name, error })
      if (isFailing) return
      isFailing = true
      const why = error instanceof Error ? error.message : String(error)
      const severity = error instanceof CopyConflict ? 80 : 60
      context.emit(events.notice('ledger-copy-fails', `the copy ${name} takes nothing: ${why}`, severity))
    },
    worked: () => {
      if (isFailing) context.emit(events.notice('ledger-copy-back', `the copy ${name} takes entries again`))
      isFailing = false
    },
    missed: (from, to) =>
      context.emit(
        events.notice('ledger-copy-gap', `the copy ${name} can never have entries ${from} to ${to - 1}`, 80),
      ),
  }
}

/** Copies the log to every configured place; nothing of the ledger waits for them. */
export function startCopies(context: Context, ledger: LedgerLog): { stop(): Promise<void> } {
  const { dataDir, clock } = context
  const ledgers = ledgerTargets(context)
  const planned = [...syslogTargets(context), ...s3Targets(context), ...ledgers.planned]
  if (planned.length === 0) return { stop: () => Promise.resolve() }
  const folder = join(dataDir, 'copies')
  ensurePrivateFolder(folder)
  const copiers = planned.map(
    ({ target, intervalMs }) =>
      new Copier({
        target,
        segments: logFolder(dataDir).segments,
        positionFile: join(folder, `${target.name.replace(/[^\w.-]/g, '_')}.json`),
        newestNote: () => ledger.signedNote,
        intervalMs,
        clock,
        report: reportFor(context, target.name),
      }),
  )
  for (const copier of copiers) copier.start()
  return {
    stop: async () => {
      ledgers.stop()
      await Promise.all(copiers.map((copier) => copier.stop()))
    },
  }
}
