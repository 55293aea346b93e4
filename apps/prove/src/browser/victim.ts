import { createContext, runInContext } from 'node:vm'
import { get } from 'node:http'
import type { Visitor } from '../visitor/visitor.ts'
import { findScripts } from './find-scripts.ts'

/** Longest run of the scripts of one page, in milliseconds. */
export const scriptTimeoutMs = 200

/** Somebody whose browser is logged in and who opens a page. */
export interface Victim {
  /** Opens the page as that visitor; gives the number of scripts that ran. */
  open(path: string): Promise<number>
}

function isDocument(type: string): boolean {
  return (
    type.startsWith('text/html') || type.startsWith('image/svg+xml') || type.startsWith('application/xhtml')
  )
}

function forbidsInline(policy: string | undefined): boolean {
  if (policy === undefined) return false
  const directive = /(?:script-src|default-src)[^;]*/.exec(policy)?.[0]
  return directive !== undefined && !directive.includes("'unsafe-inline'")
}

/** Runs page scripts with just enough of a browser to steal a cookie; gives the URLs they asked for. */
function runScripts(scripts: readonly string[], cookie: string): readonly string[] {
  const asked: string[] = []
  const ask = (url: unknown): void => void asked.push(String(url))
  class Picture {
    set src(url: unknown) {
      ask(url)
    }
  }
  const fetch = (url: unknown): Promise<unknown> => {
    ask(url)
    return new Promise(() => {})
  }
  const navigator = { sendBeacon: ask }
  const context = createContext({ document: { cookie }, Image: Picture, fetch, navigator, alert: () => {} })
  for (const script of scripts) {
    try {
      runInContext(script, context, { timeout: scriptTimeoutMs })
    } catch {
      // A script that does not compile or throws does nothing; the next one still runs, as in a browser.
    }
  }
  return asked
}

function follow(url: string): Promise<void> {
  return new Promise((resolve) => {
    try {
      const request = get(url, { timeout: 1000, agent: false }, (answer) => {
        answer.resume()
        answer.on('close', () => resolve())
      })
      request.on('timeout', () => request.destroy())
      request.on('error', () => resolve())
    } catch {
      resolve()
    }
  })
}

/** A victim that browses through `visitor`, with its cookies. Only loopback URLs are really fetched. */
export function createVictim(visitor: Visitor): Victim {
  return {
    open: async (path) => {
      const page = await visitor.get(path)
      const type = page.headers['content-type'] ?? ''
      if (!isDocument(type) || forbidsInline(page.headers['content-security-policy'])) return 0
      if (/^attachment/i.test(page.headers['content-disposition'] ?? '')) return 0
      const scripts = findScripts(page.text)
      const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const asked = runScripts(scripts, cookie)
      for (const url of asked) if (/^http:\/\/127\.\d+\.\d+\.\d+:/.test(url)) await follow(url)
      return scripts.length
    },
  }
}
