import type { RequestHead } from '../http/request-head.ts'

/** A page made here. */
export interface AnswerPage {
  /** Header lines, each ended by CR LF, without length. */
  readonly fields: string
  readonly body: string
  /** Status of the answer where the client's protocol wants another one (gRPC: 200). */
  readonly status?: number
}

/** What a page of ours says. */
export interface PageFacts {
  readonly status: number
  readonly title: string
  /** Request id. */
  readonly id: string
  readonly code: string
}

/** Pages of a site in its own looks. */
export interface BlockPages {
  /** Null: the ordinary page. */
  page(head: RequestHead | null, facts: PageFacts): AnswerPage | null
}
