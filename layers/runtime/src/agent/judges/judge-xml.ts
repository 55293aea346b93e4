import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'

// External entities, also as parameter entities (XML 1.0, section 4.2.2). The document type of XHTML is no entity.
const external = /<!ENTITY\s[^>]{0,2000}?\b(?:SYSTEM|PUBLIC)\b/

/** Judges a document from outside that a parser which resolves entities is about to read. */
export function judgeXml(text: string, isFromRequest: boolean): Finding | null {
  const found = isFromRequest ? external.exec(text)?.[0] : undefined
  return found === undefined
    ? null
    : finding('xxe', found, 'a document from outside names an external entity')
}
