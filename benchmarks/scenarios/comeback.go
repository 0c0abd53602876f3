package scenarios

import (
	"context"
	"fmt"
	"sync"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/report"
)

// comebackTime until those who are not back are lost.
const comebackTime = 40 * time.Second

// Comeback sets calls up, has the server killed and started again (restart
// tells when), and measures how long after that everybody is back in their
// call with media arriving: 95 of 100 within soon, all within twice that.
func Comeback(ctx context.Context, target Target, config CallsConfig, soon time.Duration, restart func() (time.Time, error)) (*report.Report, error) {
	target.Began = time.Now()
	r := newReport("the server is killed and started again", map[string]string{"calls": fmt.Sprint(config.Calls)})
	failed := &failures{all: r.Errors}
	pairs := setUp(ctx, &target, config, failed)
	if err := pause(ctx, warmUp); err != nil {
		return nil, err
	}
	started, err := restart()
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, comebackTime)
	defer cancel()
	var people []*client.Person
	for _, p := range pairs {
		people = append(people, p.caller, p.callee)
	}
	took := make([]time.Duration, len(people))
	var all sync.WaitGroup
	for i, person := range people {
		all.Go(func() {
			if err := person.ComeBack(limited, target.URL); err != nil {
				failed.add("come back", err)
				return
			}
			took[i] = time.Since(started)
		})
	}
	all.Wait()
	r.Comeback = report.NewComeback(took)
	finish(ctx, pairs, failed)
	r.Demand("people who did not come back", float64(2*config.Calls-r.Comeback.People), 0)
	r.Demand("back in the call, p95, s", r.Comeback.P95, soon.Seconds())
	r.Demand("back in the call, longest, s", r.Comeback.Longest, 2*soon.Seconds())
	return r, nil
}
