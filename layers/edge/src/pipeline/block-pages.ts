import type { RequestHead } from '../http/request-head.ts'
import type { AnswerPage } from './answer-page.ts'

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
