"""Children to vehicle routes: who rides with whom, in what, how long, at what price.

Read in this order: `types` (the words), `homes` and `children` (who travels, from where), `matrix`
(how long and how far between them), `fleet` (in what), `problem` and `solve` (one provision's
routes), `merge` and `chain` (what provisions share), `direct` (who is not on a shared route),
`route` (all of a side), `evaluate` (everything worked out again), `term` (what a plan is told).
"""
