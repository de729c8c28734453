// Names as Kubernetes spells them.
import { line, text } from './field.ts'

/** Lower-case letters, digits and hyphens, at most 63: the name of an object, a route or a step. */
export const dnsLabelPattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'
/** Labels joined by dots, at most 253 characters: the name of a Secret, of a host. */
export const dnsSubdomainPattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'

export function dnsLabel(description: string) {
  return text({
    description,
    pattern: dnsLabelPattern,
    expected: 'a name has lower-case letters, digits and hyphens, and starts and ends with a letter or digit',
    maxLength: 63,
    isPublic: true,
  })
}

export function dnsSubdomain(description: string) {
  return text({
    description,
    pattern: dnsSubdomainPattern,
    expected: 'a name has lower-case letters, digits, hyphens and dots',
    maxLength: 253,
    isPublic: true,
  })
}

/** The key of a label, with or without a prefix. */
export function labelKey(description: string) {
  return text({
    description,
    pattern: '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$',
    expected: 'a label key such as app or app.kubernetes.io/name is expected',
    maxLength: 317,
    isPublic: true,
  })
}

/** The name of a model as its provider spells it. */
export function modelName(description: string) {
  return line(description, 'the name of a model is expected')
}

/** A region, or a pattern of regions. */
export function regionPattern() {
  return line('A region or a pattern such as eu-*.', 'a region or a pattern is expected')
}

/** A provider by its name, with or without its kind. */
export function providerPattern() {
  return text({
    description:
      'Name of a provider or a pattern such as azure-*. ClusterLLMProvider/ or LLMProvider/ before it means that kind only.',
    pattern: '^((Cluster)?LLMProvider/)?[-a-z0-9*]+$',
    expected: 'the name of a provider or a pattern such as azure-* or ClusterLLMProvider/azure-* is expected',
    maxLength: 82,
    isPublic: true,
  })
}
