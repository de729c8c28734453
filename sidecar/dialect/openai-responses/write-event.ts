import type { JsonObject, JsonValue } from '../completion.ts'

/** Writes the events of one stream, numbered from 0. */
export class EventWriter {
  #sequence = 0

  write(type: string, fields: JsonObject): string {
    const payload: JsonValue = { type, sequence_number: this.#sequence++, ...fields }
    return `event: ${type}\ndata: ${JSON.stringify(payload)}\n\n`
  }

  /** The same without building an object: for events that come token by token. @param place members that never change, as JSON. */
  writeDelta(type: string, place: string, text: string): string {
    const sequence = this.#sequence++
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence},${place},"delta":${JSON.stringify(text)}}\n\n`
  }
}
