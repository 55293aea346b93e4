import type { CompiledContext } from '../alert/alert-context.ts'
import { createEnrichers } from '../enrich/enrichers.ts'
import type { HubRules, RuleFile, RuleFiles, StagedRuleFile } from '../engine/hub-rules.ts'
import { GrokLibrary } from '../grok/grok-library.ts'
import type { Facilities } from '../helpers/facilities.ts'
import { readContextSpecs } from '../hub/context-spec.ts'
import { readNodeSpec } from '../hub/node-spec.ts'
import type { RuleProblem } from '../hub/rule-document.ts'
import { readScenarioSpec } from '../hub/scenario-spec.ts'
import type { NodeSpec } from '../hub/node-spec.ts'
import type { ParserNode } from '../parse/node.ts'
import { StageParser } from '../parse/stage-parser.ts'
import type { ParserStage } from '../parse/stage-parser.ts'
import type { Stash } from '../stash/stash.ts'
import { CompileContext } from './compile-context.ts'
import { compileNode } from './compile-node.ts'
import { compileScenario } from './compile-scenario.ts'
import type { ExpressionFactory } from './expression-factory.ts'

/** What rules are compiled with. */
export interface RuleSurroundings {
  readonly factory: ExpressionFactory
  readonly facilities: Facilities
  readonly stash: Stash
  /** Somebody looks at records from outside: then groks write all of their fields, and not only those that rules read. */
  readonly isWatched?: boolean
}

/** From this many nodes on, a stage finds those whose filter holds in one go. */
const manyNodes = 12

/** Compiles all rule files. A rule with a problem is left out; the problems say where they stand. */
export function compileRules(files: RuleFiles, around: RuleSurroundings): HubRules {
  const problems: RuleProblem[] = []
  const context = new CompileContext(around.factory, problems)
  const scenarios = files.scenarios.flatMap(({ documents }) =>
    documents.flatMap((document) => {
      const before = problems.length
      const spec = readScenarioSpec(document, problems)
      const scenario =
        spec === undefined || problems.length > before ? undefined : compileScenario(spec, context)
      return scenario ?? []
    }),
  )
  const parsers = compileStages(files.parsers, { files, context, around })
  const postoverflows = compileStages(files.postoverflows, { files, context, around })
  const contexts = compileContexts(files.contexts, context)
  const filters = around.factory.set(scenarios.map(({ spec }) => spec.filter))
  if (around.isWatched !== true) {
    const { reads } = around.factory
    for (const { groks } of [parsers, postoverflows]) groks.writeOnly(reads)
  }
  for (const { groks } of [parsers, postoverflows]) groks.finish()
  return {
    parsers: parsers.stages,
    postoverflows: postoverflows.stages,
    scenarios,
    filters,
    contexts,
    problems,
  }
}

interface StageInput {
  readonly files: RuleFiles
  readonly context: CompileContext
  readonly around: RuleSurroundings
}

function compileStages(
  staged: readonly StagedRuleFile[],
  { files, context, around }: StageInput,
): { readonly stages: StageParser; readonly groks: GrokLibrary } {
  const groks = new GrokLibrary()
  for (const text of files.patterns) groks.addFile(text)
  const enrichers = createEnrichers(around.facilities)
  // By the name of the file, whoever wrote it: the order in which patterns are named and nodes are tried.
  const ordered = staged.toSorted((a, b) => compareTexts(a.stage, b.stage) || compareTexts(a.name, b.name))
  const stages = new Map<string, { readonly node: ParserNode; readonly spec: NodeSpec }[]>()
  for (const { stage, documents } of ordered) {
    for (const document of documents) {
      const before = context.problems.length
      const spec = readNodeSpec(document, context.problems)
      if (spec === undefined || context.problems.length > before) continue
      const node = compileNode(spec, { context, groks, enrichers, stash: around.stash })
      if (node === undefined) continue
      const nodes = stages.get(stage)
      if (nodes === undefined) stages.set(stage, [{ node, spec }])
      else nodes.push({ node, spec })
    }
  }
  const parser = new StageParser([...stages].map(([name, nodes]) => toStage(name, nodes, around.factory)))
  return { stages: parser, groks }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function toStage(
  name: string,
  nodes: readonly { readonly node: ParserNode; readonly spec: NodeSpec }[],
  factory: ExpressionFactory,
): ParserStage {
  const filtered: number[] = []
  const unfiltered: number[] = []
  for (const [at, { spec }] of nodes.entries()) (spec.filter === '' ? unfiltered : filtered).push(at)
  const filters =
    nodes.length < manyNodes ? undefined : factory.set(filtered.map((at) => nodes[at]?.spec.filter ?? ''))
  return { name, nodes: nodes.map(({ node }) => node), filters, filtered, unfiltered }
}

function compileContexts(files: readonly RuleFile[], context: CompileContext): readonly CompiledContext[] {
  const contexts = new Map<string, CompiledContext['expressions'][number][]>()
  for (const { documents } of files) {
    for (const document of documents) {
      for (const { key, expressions, place } of readContextSpecs(document, context.problems)) {
        const compiled = expressions.map((source) =>
          context.expression(source, { place, key, in: 'context' }),
        )
        const known = contexts.get(key) ?? []
        contexts.set(key, [...known, ...compiled.filter((item) => item !== undefined)])
      }
    }
  }
  return [...contexts].map(([key, expressions]) => ({ key, expressions }))
}
