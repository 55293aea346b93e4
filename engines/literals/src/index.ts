export { buildAutomaton, type Automaton, type AutomatonOptions } from './automaton.ts'
export { maxByteClasses } from './class-flags.ts'
export { LiteralsError, type LiteralsErrorCode } from './error.ts'
export { defaultLiteralLimits, type LiteralLimits } from './limits.ts'
export {
  compileLiterals,
  type LiteralOptions,
  type LiteralScanner,
  type ScanRange,
} from './literal-scanner.ts'
export { type PatternNeeds } from './needs-plan.ts'
export { buildPrefilter, type Prefilter } from './prefilter.ts'
