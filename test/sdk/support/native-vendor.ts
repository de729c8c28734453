// What the simulated vendors of the further dialects share: who may ask, which fault is met, whole or in pieces.
import type { Fault } from '../../support/simulated-vendors/faults.ts'
import { type JsonRecord, parseRecord } from '../../support/simulated-vendors/json.ts'
import { type Answer, planAnswer, type Question } from '../../support/simulated-vendors/plan-answer.ts'
import {
  type SimulatedVendor,
  sendCutJson,
  sendJson,
  startVendor,
  type VendorCall,
  type VendorOptions,
} from '../../support/simulated-vendors/vendor-server.ts'

/** A mistake of the vendor's or of the caller's that has an error answer of its own. */
export type Complaint =
  | 'wrong-key'
  | 'unknown-path'
  | 'rate-limited'
  | 'server-error'
  | 'overloaded'
  | 'context-overflow'

export interface ErrorAnswer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What a call asks for. */
export type Wish =
  | { readonly kind: 'completion'; readonly question: Question; readonly streams: boolean }
  /** Answered at once: embeddings, counts. */
  | { readonly kind: 'other'; readonly model: string; readonly body: unknown }

export interface Spoken {
  readonly call: VendorCall
  readonly question: Question
  readonly answer: Answer
}

export interface StreamedAnswer {
  readonly contentType: string
  /** What goes out before the first word. */
  readonly opening: readonly (string | Uint8Array)[]
  readonly words: readonly (string | Uint8Array)[]
  readonly closing: readonly (string | Uint8Array)[]
}

export interface NativeVendor {
  /** What the vendor's SDK expects after the host. */
  readonly pathOfBaseUrl: string
  admits(call: VendorCall): boolean
  /** Undefined for a path that the vendor does not have. */
  read(call: VendorCall, body: JsonRecord): Wish | undefined
  complain(complaint: Complaint, call: VendorCall): ErrorAnswer
  whole(spoken: Spoken): unknown
  stream(spoken: Spoken): StreamedAnswer
}

/** Words that leave before a stream is cut. */
const wordsBeforeCut = 4

export function startNativeVendor(vendor: NativeVendor, options: VendorOptions): Promise<SimulatedVendor> {
  return startVendor(options, vendor.pathOfBaseUrl, async call => answerCall(vendor, call))
}

/** Public for vendors that serve several formats behind one address. */
export function answerCall(vendor: NativeVendor, call: VendorCall): void {
  if (!vendor.admits(call)) return sendComplaint(vendor, 'wrong-key', call)
  const wish = vendor.read(call, parseRecord(call.body) ?? {})
  if (wish === undefined) return sendComplaint(vendor, 'unknown-path', call)
  const streams = wish.kind === 'completion' && wish.streams
  const fault = call.meet(wish.kind === 'completion' ? wish.question.model : wish.model, streams)
  const complaint = complaintOf(fault)
  if (complaint !== undefined) return sendComplaint(vendor, complaint, call)
  if (fault === 'silent') return
  if (wish.kind === 'other') return sendJson(call, 200, wish.body)
  const spoken = { call, question: wish.question, answer: planAnswer(wish.question) }
  if (streams) return sendStream(call, vendor.stream(spoken), fault)
  const isCut = fault === 'cut-before-content' || fault === 'cut-after-content'
  if (isCut) sendCutJson(call, vendor.whole(spoken))
  else sendJson(call, 200, vendor.whole(spoken))
}

function complaintOf(fault: Fault): Complaint | undefined {
  switch (fault) {
    case 'rate-limited':
    case 'server-error':
    case 'overloaded':
    case 'context-overflow':
      return fault
    default:
      return undefined
  }
}

function sendComplaint(vendor: NativeVendor, complaint: Complaint, call: VendorCall): void {
  const { status, body, headers } = vendor.complain(complaint, call)
  sendJson(call, status, body, { ...headers })
}

function sendStream(
  call: VendorCall,
  { contentType, opening, words, closing }: StreamedAnswer,
  fault: Fault,
): void {
  call.response.writeHead(200, { 'content-type': contentType })
  call.response.flushHeaders()
  const isCut = fault === 'cut-before-content' || fault === 'cut-after-content'
  const spokenWords = fault === 'cut-before-content' ? [] : words.slice(0, wordsBeforeCut)
  const pieces = isCut ? [...opening, ...spokenWords] : [...opening, ...words, ...closing]
  for (const piece of pieces) call.response.write(piece)
  if (isCut) call.response.write('', () => call.response.destroy())
  else call.response.end()
}
