import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'

/**
 * Judges the loading of a module: an input names it, and the loading file does not name it itself. A file that says
 * `require('fs')` may do so while somebody searches for the word `fs`.
 */
export function judgeModule(id: string, source: string, inputs: ReadonlySet<string>): Finding | null {
  if (!inputs.has(id)) return null
  if (source.includes(`'${id}'`) || source.includes(`"${id}"`) || source.includes(`\`${id}\``)) return null
  return finding('code-injection', id, 'an input chooses the module that is loaded')
}
