import { repeatedGroup, rewriteRegexes } from './regex.ts'
import { maxRewrittenSource, rewriteEval } from './rewrite-eval.ts'

// One look at each source that is loaded: nearly none calls eval or repeats a group.
const worthRewriting = new RegExp(`eval|${repeatedGroup}`, 'g')
const lastOfEval = 'l'

/** A source with its direct evals and its dangerous regular expressions sent through their gates; nearly always itself. */
export function rewrittenSource(source: string): string {
  if (source.length > maxRewrittenSource) return source
  let mayEval = false
  const groups: number[] = []
  worthRewriting.lastIndex = 0
  while (worthRewriting.test(source)) {
    const at = worthRewriting.lastIndex
    if (source[at - 1] === lastOfEval) mayEval = true
    else groups.push(at)
  }
  const rewritten = groups.length === 0 ? source : rewriteRegexes(source, groups)
  return mayEval ? rewriteEval(rewritten) : rewritten
}
