import { bodyResult, readWhole } from './body-result.ts'
import type { BodyLimits, BodyReader, BodyResult } from './body-result.ts'
import { emptyPairs } from './pairs.ts'
import { XmlFault } from './xml-fault.ts'
import { XmlReader } from './xml-reader.ts'

/**
 * Body processor XML: a small, strict, safe reader (XML 1.0). External entities and parameter entities are never
 * loaded; entities declared in the document expand up to 64 KiB.
 */
export function parseXmlBody(body: string, limits: BodyLimits): BodyResult {
  return readWhole(openXmlBody(body, limits))
}

/** The same in pieces. */
export function openXmlBody(body: string, limits: BodyLimits): BodyReader {
  const reader = new XmlReader(body, limits)
  return {
    readOn(bytes) {
      if (body === '') return bodyResult(emptyPairs(), null)
      try {
        const xml = reader.readOn(bytes)
        return xml === null ? null : { ...bodyResult(emptyPairs(), null), xml }
      } catch (error) {
        if (error instanceof XmlFault)
          return bodyResult(emptyPairs(), `${error.message} at byte ${reader.at}`)
        throw error
      }
    },
  }
}
