import type { SiteConfig } from '@sevenfold/config'
import { findHeader } from '../http/header-list.ts'
import type { RequestHead } from '../http/request-head.ts'
import { PathSet } from '../rate/path-set.ts'

/** How much of a form is looked through, bytes. */
export const maxFormBytes = 16_384

/** Traps: paths that nobody has a reason to ask for, and form fields that people do not see. */
export class Honeypot {
  private readonly paths: PathSet
  private readonly fields: ReadonlySet<string>

  constructor(config: SiteConfig['bots']['honeypots']) {
    this.paths = new PathSet(config.paths)
    this.fields = new Set(config.fields)
  }

  /** Rule that the head touches, or null. @param path as `routePath` gives it. */
  head(head: RequestHead, path: string): string | null {
    if (this.paths.size > 0 && this.paths.has(path)) return 'honeypot-path'
    const mark = head.target.indexOf('?')
    return mark >= 0 && this.filled(head.target.slice(mark + 1)) ? 'honeypot-field' : null
  }

  /** True when the body must be looked at. */
  wantsBody(head: RequestHead): boolean {
    if (this.fields.size === 0) return false
    return (
      findHeader(head.text, 'content-type')?.toLowerCase().startsWith('application/x-www-form-urlencoded') ===
      true
    )
  }

  /** Rule that the form touches, or null. */
  body(text: string): string | null {
    return this.filled(text.slice(0, maxFormBytes)) ? 'honeypot-field' : null
  }

  private filled(form: string): boolean {
    if (this.fields.size === 0) return false
    for (const [name, value] of new URLSearchParams(form))
      if (value !== '' && this.fields.has(name)) return true
    return false
  }
}
