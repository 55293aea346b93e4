import type { ExpressionSet, ExprScope } from '../expr/expression.ts'
import type { EventRecord } from '../record.ts'
import type { NodeRun, ParseObserver, ParserNode } from './node.ts'
import { ParseAborted, runNode } from './run-node.ts'

/** The nodes of one stage; their filters as a set, for stages with many. */
export interface ParserStage {
  readonly name: string
  readonly nodes: readonly ParserNode[]
  /** Filter `n` of the set belongs to `filtered[n]`; nodes without a filter stand in `unfiltered`. */
  readonly filters: ExpressionSet | undefined
  readonly filtered: readonly number[]
  readonly unfiltered: readonly number[]
}

/** Stages that records go through, in order: parsers, or postoverflows. */
export class StageParser {
  readonly #stages: readonly ParserStage[]
  readonly #names: readonly string[]
  // Which nodes of a stage may run, by stage: reused from record to record.
  readonly #chosen: readonly Uint8Array[]

  constructor(stages: readonly ParserStage[]) {
    this.#stages = stages
    this.#names = stages.map(({ name }) => name)
    this.#chosen = stages.map(({ nodes }) => new Uint8Array(nodes.length))
  }

  /** Names of the stages in order. */
  get stageNames(): readonly string[] {
    return this.#names
  }

  /**
   * Takes a record through the stages; true (and `Process` set) when it came out at the end. A stage in which no node
   * succeeded, or that no node led out of, ends it. Never throws.
   */
  parse(record: EventRecord, observer?: ParseObserver): boolean {
    if (record.Stage === '') record.Stage = this.#names[0] ?? ''
    record.Process = false
    const run: NodeRun = { record, scope: [record], stages: this.#names, observer, touched: false }
    try {
      record.Process = this.#runStages(run)
    } catch (error) {
      if (!(error instanceof ParseAborted)) throw error
    }
    return record.Process
  }

  #runStages(run: NodeRun): boolean {
    const { record } = run
    for (let index = 0; index < this.#stages.length; index++) {
      const stage = this.#stages[index]
      if (stage === undefined) continue
      if (this.#names.indexOf(record.Stage) > index) continue
      if (record.Stage !== stage.name) return false
      const success =
        stage.filters === undefined || run.observer !== undefined
          ? runEach(stage, run)
          : this.#runChosen(index, stage, run)
      if (!success) return false
    }
    return true
  }

  /**
   * Runs a stage with many nodes: only those whose filter holds, found in one go. Once a node wrote, those that follow
   * are asked one by one, or, where many follow, all in one go again.
   */
  #runChosen(index: number, stage: ParserStage, run: NodeRun): boolean {
    const chosen = this.#chosen[index] ?? new Uint8Array(0)
    let success = false
    choose(stage, run.scope, chosen)
    run.touched = false
    for (let at = 0; at < stage.nodes.length; at++) {
      const node = stage.nodes[at]
      if (node === undefined || chosen[at] === 0) continue
      const ok = runNode(node, run)
      success ||= ok
      if ((ok && node.nextStage) || run.record.Stage !== stage.name) break
      if (!run.touched) continue
      if (stage.nodes.length - at <= manyLeft) return runEach(stage, run, at + 1) || success
      choose(stage, run.scope, chosen)
      run.touched = false
    }
    return success
  }
}

/** So many nodes that follow are found in one go rather than asked one by one. */
const manyLeft = 24

function choose({ filters, filtered, unfiltered }: ParserStage, scope: ExprScope, chosen: Uint8Array): void {
  chosen.fill(0)
  for (const at of unfiltered) chosen[at] = 1
  filters?.begin()
  filters?.select(scope, (number) => (chosen[filtered[number] ?? 0] = 1))
}

function runEach(stage: ParserStage, run: NodeRun, from = 0): boolean {
  let success = false
  for (let at = from; at < stage.nodes.length; at++) {
    const node = stage.nodes[at]
    if (node === undefined) continue
    const ok = runNode(node, run)
    run.observer?.tried?.(stage.name, node, run.record, ok)
    success ||= ok
    if ((ok && node.nextStage) || run.record.Stage !== stage.name) break
  }
  return success
}
