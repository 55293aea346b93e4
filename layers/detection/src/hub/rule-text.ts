import { readFileSync, statSync } from 'node:fs'
import { yamlLimits } from '@sevenfold/yaml'

/** The text of a rule file, or why there is none: a pipe would be waited for, a device never ends. */
export function ruleText(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    const found = statSync(path)
    if (!found.isFile()) return { problem: 'this is no file' }
    if (found.size > yamlLimits.maxBytes) return { problem: `longer than ${yamlLimits.maxBytes} bytes` }
    return { text: readFileSync(path, 'utf8') }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
