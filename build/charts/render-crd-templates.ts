// The templates of the chart llm-fallback-crds: the generated manifests, with what Helm adds to their metadata.
import { renderManifests } from '../../crds/generate/render-manifests.ts'

export interface ChartTemplate {
  /** `llmfallback.io_fallbackpolicies.yaml` */
  readonly name: string
  readonly text: string
}

const ownMetadata = 'metadata:\n  labels:\n    app.kubernetes.io/part-of: llm-fallback\n'
const chartMetadata = 'metadata:\n  {{- include "llm-fallback-crds.metadata" . | nindent 2 }}\n'

/** @throws Error when a manifest does not begin as it used to. */
export function renderCrdTemplates(): readonly ChartTemplate[] {
  return renderManifests().map(({ name, text }) => {
    const [head = '', tail, ...others] = asLiteral(text).split(ownMetadata)
    if (tail === undefined || others.length > 0) {
      throw new Error(`${name}: its metadata is not where the chart adds to it`)
    }
    return { name, text: head + chartMetadata + tail }
  })
}

/** Two braces in a description or a rule are no business of Helm. */
function asLiteral(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}')
}
