/* The basin map of Rastrigin with Adam as a plain loop: basins RESOLUTION STEPS RATE THREADS.
 *
 * cc -O3 basins.c -o basins -lm -lpthread
 *
 * One walker after the other, to its end; the bias corrections, which are the same for all, are computed once. Prints
 * the seconds, the number of cells for each outcome and the steps of all, by which the three programs can be compared.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double PI = 3.14159265358979323846, BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8, TOLERANCE = 1e-6;
static const double EDGE = 5.12, REACH = 1e6 * 10.24;

static int resolution, steps, threads;
static double learning_rate, *correction1, *correction2;

typedef struct {
    int first_row;
    long converged, diverged, out_of_steps, steps;
} Share;

static double slope(double x) { return 2 * x + 20 * PI * sin(2 * PI * x); }

static void walk(double x, double y, Share *share)
{
    double mean_x = 0, mean_y = 0, square_x = 0, square_y = 0, before_x = x, before_y = y;
    for (int step = 0;; step++) {
        double gradient_x = slope(x), gradient_y = slope(y);
        int inside = fabs(x) <= REACH && fabs(y) <= REACH;
        int small = fabs(gradient_x) <= TOLERANCE && fabs(gradient_y) <= TOLERANCE;
        int rests = small && hypot(gradient_x, gradient_y) <= TOLERANCE && hypot(x - before_x, y - before_y) <= TOLERANCE;
        if (!inside || rests || step == steps) {
            *(!inside ? &share->diverged : rests ? &share->converged : &share->out_of_steps) += 1;
            share->steps += step;
            return;
        }
        mean_x = BETA1 * mean_x + (1 - BETA1) * gradient_x;
        mean_y = BETA1 * mean_y + (1 - BETA1) * gradient_y;
        square_x = BETA2 * square_x + (1 - BETA2) * (gradient_x * gradient_x);
        square_y = BETA2 * square_y + (1 - BETA2) * (gradient_y * gradient_y);
        before_x = x;
        before_y = y;
        x -= learning_rate * (mean_x / correction1[step]) / (sqrt(square_x / correction2[step]) + EPSILON);
        y -= learning_rate * (mean_y / correction1[step]) / (sqrt(square_y / correction2[step]) + EPSILON);
    }
}

static double centre(int index) { return -EDGE + (index + 0.5) * (2 * EDGE / resolution); }

static void *walk_rows(void *argument)
{
    Share *share = argument;
    /* Every so many rows: neighbours need about equally long, and so do all threads. */
    for (int row = share->first_row; row < resolution; row += threads)
        for (int column = 0; column < resolution; column++)
            walk(centre(column), centre(row), share);
    return NULL;
}

int main(int count, char **arguments)
{
    if (count != 5) {
        fprintf(stderr, "usage: basins RESOLUTION STEPS RATE THREADS\n");
        return 2;
    }
    resolution = atoi(arguments[1]);
    steps = atoi(arguments[2]);
    learning_rate = atof(arguments[3]);
    threads = atoi(arguments[4]);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    correction1 = malloc((steps + 1) * sizeof(double));
    correction2 = malloc((steps + 1) * sizeof(double));
    for (int step = 0; step <= steps; step++) {
        correction1[step] = 1 - pow(BETA1, step + 1);
        correction2[step] = 1 - pow(BETA2, step + 1);
    }
    pthread_t *workers = malloc(threads * sizeof(pthread_t));
    Share *shares = calloc(threads, sizeof(Share)), all = {0};
    for (int k = 0; k < threads; k++) {
        shares[k].first_row = k;
        pthread_create(&workers[k], NULL, walk_rows, &shares[k]);
    }
    for (int k = 0; k < threads; k++) {
        pthread_join(workers[k], NULL);
        all.converged += shares[k].converged;
        all.diverged += shares[k].diverged;
        all.out_of_steps += shares[k].out_of_steps;
        all.steps += shares[k].steps;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (end.tv_sec - begin.tv_sec) + 1e-9 * (end.tv_nsec - begin.tv_nsec);
    printf("%.4f converged %ld diverged %ld out_of_steps %ld steps %ld\n", seconds, all.converged, all.diverged,
           all.out_of_steps, all.steps);
    return 0;
}
