package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

const awsRegion = "us-east-1"

// Keys to sign with. A bearer token would not do: this client shows none over plain HTTP.
var awsKeys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: key, SecretAccessKey: key}, nil
})

func bedrockAt(address string, scene scene) *bedrockruntime.Client {
	options := bedrockruntime.Options{
		Region: awsRegion, BaseEndpoint: aws.String(address), Credentials: awsKeys,
	}
	if scene.asksOnce() {
		options.Retryer = aws.NopRetryer{}
	}
	return bedrockruntime.New(options)
}
