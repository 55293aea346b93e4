import { Composer, Lexer, LineCounter, Parser } from 'yaml'
import type { Document, ParsedNode } from 'yaml'
import type { YamlLimits, YamlScalars } from './limits.ts'
import type { YamlError, YamlErrorCode, YamlPosition } from './yaml-error.ts'

/** Documents of a text as trees with offsets, or the limit that it passed. */
export interface Composed {
  readonly documents: readonly Document.Parsed<ParsedNode>[]
  readonly error?: YamlError
  position(offset: number): YamlPosition
}

/** Offsets of line starts of a text, as position look-up. */
function positions(lines: LineCounter): (offset: number) => YamlPosition {
  return (offset) => {
    const { line, col } = lines.linePos(offset)
    return line === 0 ? { line: 1, column: 1 } : { line, column: col }
  }
}

class LimitPassed extends Error {
  readonly code: YamlErrorCode
  readonly offset: number
  constructor(code: YamlErrorCode, message: string, offset: number) {
    super(message)
    this.code = code
    this.offset = offset
  }
}

/**
 * Tokens of the text. Depth is watched here, on the parser's own stack, because the composer behind it recurses:
 * ten thousand opening brackets would end the process's stack there.
 */
function* tokens(text: string, lines: LineCounter, limits: YamlLimits) {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    // The stack also holds the document and, at times, the scalar being read.
    if (parser.stack.length > limits.maxDepth + 2) {
      throw new LimitPassed('YAML_TOO_DEEP', `nested deeper than ${limits.maxDepth} levels`, parser.offset)
    }
  }
  yield* parser.end()
}

/** Reads a text into document trees within the limits of size, depth and count. Never throws. */
export function compose(text: string, limits: YamlLimits, scalars: YamlScalars): Composed {
  const lines = new LineCounter()
  const position = positions(lines)
  const failed = (code: YamlErrorCode, message: string, offset: number): Composed => ({
    documents: [],
    position,
    error: { code, message, ...position(offset) },
  })
  if (text.length > limits.maxBytes || Buffer.byteLength(text) > limits.maxBytes) {
    return failed('YAML_TOO_LARGE', `larger than ${limits.maxBytes} bytes`, 0)
  }
  const documents: Document.Parsed<ParsedNode>[] = []
  try {
    // Unique keys are checked when the values are built: the library's own check is quadratic in the width of a map.
    const composer = new Composer({
      uniqueKeys: false,
      prettyErrors: false,
      version: '1.2',
      schema: scalars === 'text' ? 'failsafe' : 'core',
    })
    for (const document of composer.compose(tokens(text, lines, limits), true, text.length)) {
      documents.push(document)
      if (documents.length > limits.maxDocuments) {
        const message = `more than ${limits.maxDocuments} document${limits.maxDocuments === 1 ? '' : 's'} in one text`
        return failed('YAML_TOO_MANY_DOCUMENTS', message, document.range[0])
      }
    }
  } catch (error) {
    if (error instanceof LimitPassed) return failed(error.code, error.message, error.offset)
    return failed('YAML_SYNTAX', error instanceof Error ? error.message : 'unreadable', 0)
  }
  return { documents, position }
}
