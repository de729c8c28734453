import type { ObjectRules } from './object-rules.ts'

export const selectorObjectRules: readonly ObjectRules[] = [
  {
    at: 'matchExpressions[]',
    refinements: 1,
    rules: [
      {
        rule: '!(self.operator in ["In", "NotIn"]) || (has(self.values) && self.values.size() > 0)',
        message: 'In and NotIn need at least one value',
        messageExpression: 'self.operator + " needs at least one value"',
        fieldPath: '.values',
        reason: 'FieldValueRequired',
      },
      {
        rule: 'self.operator in ["In", "NotIn"] || !has(self.values) || self.values.size() == 0',
        message: 'Exists and DoesNotExist take no values',
        messageExpression: 'self.operator + " takes no values"',
        fieldPath: '.values',
        reason: 'FieldValueForbidden',
      },
    ],
  },
]
