import { join } from 'node:path'
import { createJudgementReader } from '../bed/read-judgements.ts'
import { makeProbes } from '../target/make-probes.ts'
import { outcomeOf, runTarget } from '../target/run-target.ts'
import type { TargetProof } from '../target/run-target.ts'
import { ScopeError } from '../target/scope.ts'
import { watchStopKey } from '../target/stop-key.ts'
import type { KeyStream } from '../target/stop-key.ts'
import { targetMarkdown, targetTerminal } from '../target/target-report.ts'
import type { ProveOptions } from './options.ts'
import { showProgress } from './progress-line.ts'
import type { ProgressStream } from './progress-line.ts'
import type { TargetWish } from './target-options.ts'
import { UsageError } from './usage-error.ts'

/** Where the command writes, and what stops it. */
interface TargetIo {
  readonly stdout: ProgressStream
  readonly stderr: ProgressStream
  readonly stdin?: KeyStream
  readonly signal?: AbortSignal
}

function report(proof: TargetProof, format: ProveOptions['format']): string {
  if (format === 'json') return `${JSON.stringify(proof.document)}\n`
  return format === 'markdown' ? targetMarkdown(proof) : targetTerminal(proof)
}

/** Probes a site of the user's own; gives 1 when something was missed, refused to innocents, or stopped by hand. */
export async function runTargetCommand(
  wish: TargetWish,
  format: ProveOptions['format'],
  io: TargetIo,
): Promise<number> {
  const { scope, ca, data } = wish
  const reader = data === undefined ? undefined : createJudgementReader(join(data, 'ledger', 'segments'))
  const key = watchStopKey(io.stdin)
  if (key.isWatching) io.stderr.write('the key q stops\n')
  const signals = [key.signal, ...(io.signal === undefined ? [] : [io.signal])]
  try {
    const proof = await runTarget({
      scope,
      probes: makeProbes(scope),
      signal: AbortSignal.any(signals),
      onProgress: showProgress(io.stderr, () => performance.now()),
      ...(ca === undefined ? {} : { ca }),
      ...(reader === undefined ? {} : { judgements: () => reader.read() }),
    })
    io.stdout.write(report(proof, format))
    const isFine = proof.rows.every((row) => row.isTwinServed && outcomeOf(row) !== 'missed')
    return isFine && !proof.isStopped ? 0 : 1
  } catch (error) {
    throw error instanceof ScopeError ? new UsageError(error.message, { cause: error }) : error
  } finally {
    key.close()
    await reader?.close()
  }
}
