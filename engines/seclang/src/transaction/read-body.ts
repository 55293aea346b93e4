import { addPair } from '../bodies/pairs.ts'
import type { BodyReader, BodyResult } from '../bodies/body-result.ts'
import { bodyResult } from '../bodies/body-result.ts'
import { openGraphqlBody } from '../bodies/graphql.ts'
import { openJsonBody } from '../bodies/json.ts'
import { openMultipartBody } from '../bodies/multipart.ts'
import { openUrlEncodedBody } from '../bodies/url-encoded.ts'
import { openXmlBody } from '../bodies/xml.ts'
import { emptyPairs } from '../bodies/pairs.ts'
import type { Transaction } from './transaction.ts'

/** Deepest nesting of a GraphQL query. */
export const maxGraphqlDepth = 64
/** Deepest nesting of an XML document. */
export const maxXmlDepth = 256

const tooLarge = 'Request body excluding files is bigger than the maximum expected.'

/** Bytes that a body is read on by at least. */
const leastBytes = 4096
/** Bytes of a body that are read in the time of a step; elements and attributes are objects of their own. */
const bytesAStep = 16
const xmlBytesAStep = 3

/**
 * Reads the buffered request body on with its processor until it is read or the slice of the transaction is used up:
 * false then, call again. At the end the variables of phase 2 are filled.
 */
export function readRequestBody(tx: Transaction): boolean {
  const { bodyProcessor, requestBodyText } = tx
  if (tx.bodyReader === null) {
    const isKept = bodyProcessor === 'URLENCODED' || bodyProcessor === 'RAW'
    tx.requestBodyVisible = isKept || tx.forceRequestBody || tx.ruleSet.dialect === 'libmodsecurity3'
    if (requestBodyText === '') return true
    tx.bodyReader = openBody(tx)
    if (tx.bodyReader === null) return true
  }
  const perStep = bodyProcessor === 'XML' ? xmlBytesAStep : bytesAStep
  const bytes = Math.min(requestBodyText.length, (tx.sliceEnd - tx.steps) * perStep)
  const taken = Math.max(leastBytes, bytes)
  const result = tx.bodyReader.readOn(taken)
  if (requestBodyText.length > leastBytes) tx.steps += Math.ceil(taken / perStep)
  if (result === null) return false
  tx.bodyReader = null
  fillVariables(tx, result)
  return true
}

function fillVariables(tx: Transaction, result: BodyResult): void {
  for (const [row, name] of result.args.names.entries())
    addPair(tx.argsPost, name, result.args.values[row] ?? '')
  if (result.urlEncodedError) tx.urlEncodedError = true
  tx.requestBodyError = result.error
  tx.xml = result.xml
  tx.multipart = result.multipart
  for (const file of result.multipart?.files ?? []) addPair(tx.files, file.field, file.fileName)
  const counted = result.multipart?.bytesWithoutFiles ?? tx.requestBodyText.length
  if (counted > tx.ruleSet.settings.requestBodyNoFilesLimit) tx.requestBodyError ??= tooLarge
}

function openBody(tx: Transaction): BodyReader | null {
  const { settings } = tx.ruleSet
  const body = tx.requestBodyText
  const maxArguments = Math.max(0, settings.argumentsLimit - tx.argsGet.names.length)
  switch (tx.bodyProcessor) {
    case 'URLENCODED':
      return openUrlEncodedBody(body, { maxArguments, maxDepth: 0 }, settings.argumentSeparator)
    case 'JSON':
      return openJsonBody(
        body,
        { maxArguments, maxDepth: settings.requestBodyJsonDepthLimit },
        tx.ruleSet.dialect === 'crs' ? 'plain' : 'indexed',
      )
    case 'GRAPHQL':
      return openGraphqlBody(body, { maxArguments, maxDepth: maxGraphqlDepth })
    case 'XML':
      return openXmlBody(body, { maxArguments, maxDepth: maxXmlDepth })
    case 'MULTIPART':
      return openMultipartBody(body, {
        contentType: contentType(tx),
        maxArguments,
        maxDepth: 0,
        maxFiles: settings.uploadFileLimit,
      })
    case '':
    case 'RAW':
      return null
    default: {
      const unknown = bodyResult(emptyPairs(), `Unknown request body processor: ${tx.bodyProcessor}`)
      return { readOn: () => unknown }
    }
  }
}

function contentType(tx: Transaction): string {
  const at = tx.requestHeaders.names.findIndex((name) => name.toLowerCase() === 'content-type')
  return tx.requestHeaders.values[at] ?? ''
}
