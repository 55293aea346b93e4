import { isIP } from 'node:net'

const privateNames = /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa)$/

/** The check of the patched shop: a name with a dot that is not a local one; no address of any spelling. */
export function isPublicUrl(text: string): boolean {
  try {
    const url = new URL(text)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
    return isWeb && isIP(host) === 0 && host.includes('.') && !privateNames.test(host)
  } catch {
    return false
  }
}
