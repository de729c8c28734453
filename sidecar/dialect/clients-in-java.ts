/**
 * User agents of clients in Java that vendors did not write: LangChain4j, Spring AI, and the HTTP clients below them by their
 * own names. They pass over the error event of a stream, and take the end behind it for a good one or wait for ever. The
 * vendors' own clients name themselves.
 */
export const othersClientsInJava: RegExp =
  /^(?:langchain4j|spring-ai|java-http-client|java\/|reactornetty|okhttp|apache-httpclient)/i
