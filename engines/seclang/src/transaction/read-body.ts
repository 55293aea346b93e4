import { addPair } from '../bodies/pairs.ts'
import type { BodyResult } from '../bodies/body-result.ts'
import { bodyResult } from '../bodies/body-result.ts'
import { parseGraphqlBody } from '../bodies/graphql.ts'
import { parseJsonBody } from '../bodies/json.ts'
import { parseMultipartBody } from '../bodies/multipart.ts'
import { parseUrlEncodedBody } from '../bodies/url-encoded.ts'
import { parseXmlBody } from '../bodies/xml.ts'
import { emptyPairs } from '../bodies/pairs.ts'
import type { Transaction } from './transaction.ts'

/** Deepest nesting of a GraphQL query. */
export const maxGraphqlDepth = 64
/** Deepest nesting of an XML document. */
export const maxXmlDepth = 256

const tooLarge = 'Request body excluding files is bigger than the maximum expected.'

/** Runs the body processor over the buffered request body and fills the variables of phase 2. */
export function readRequestBody(tx: Transaction): void {
  const { bodyProcessor, requestBodyText } = tx
  const isForm = bodyProcessor === 'URLENCODED'
  tx.requestBodyVisible = isForm || tx.forceRequestBody || tx.ruleSet.dialect === 'libmodsecurity3'
  if (requestBodyText === '' && bodyProcessor !== 'MULTIPART') return
  const result = processBody(tx)
  if (result === null) return
  for (const [row, name] of result.args.names.entries())
    addPair(tx.argsPost, name, result.args.values[row] ?? '')
  if (result.urlEncodedError) tx.urlEncodedError = true
  tx.requestBodyError = result.error
  tx.xml = result.xml
  tx.multipart = result.multipart
  for (const file of result.multipart?.files ?? []) addPair(tx.files, file.field, file.fileName)
  const counted = result.multipart?.bytesWithoutFiles ?? requestBodyText.length
  if (counted > tx.ruleSet.settings.requestBodyNoFilesLimit) tx.requestBodyError ??= tooLarge
}

function processBody(tx: Transaction): BodyResult | null {
  const { settings } = tx.ruleSet
  const body = tx.requestBodyText
  const maxArguments = Math.max(0, settings.argumentsLimit - tx.argsGet.names.length)
  switch (tx.bodyProcessor) {
    case 'URLENCODED':
      return parseUrlEncodedBody(body, { maxArguments, maxDepth: 0 }, settings.argumentSeparator)
    case 'JSON':
      return parseJsonBody(
        body,
        { maxArguments, maxDepth: settings.requestBodyJsonDepthLimit },
        tx.ruleSet.dialect === 'crs' ? 'plain' : 'indexed',
      )
    case 'GRAPHQL':
      return parseGraphqlBody(body, { maxArguments, maxDepth: maxGraphqlDepth })
    case 'XML':
      return parseXmlBody(body, { maxArguments, maxDepth: maxXmlDepth })
    case 'MULTIPART':
      return parseMultipartBody(body, {
        contentType: contentType(tx),
        maxArguments,
        maxDepth: 0,
        maxFiles: settings.uploadFileLimit,
      })
    case '':
      return null
    default:
      return bodyResult(emptyPairs(), `Unknown request body processor: ${tx.bodyProcessor}`)
  }
}

function contentType(tx: Transaction): string {
  const at = tx.requestHeaders.names.findIndex((name) => name.toLowerCase() === 'content-type')
  return tx.requestHeaders.values[at] ?? ''
}
